#include "helper/exec_protocol/answer.hpp"

#include "src/base/time.hpp"

#include <cerrno>

#include <unistd.h>

namespace leasehold::helper {

std::string_view to_text(ExecApiVersion version) {
    return version == ExecApiVersion::v1 ? "v1" : "v1beta1";
}

std::optional<ExecApiVersion> parse_api_version(std::string_view text) {
    if (text == "v1")
        return ExecApiVersion::v1;
    if (text == "v1beta1")
        return ExecApiVersion::v1beta1;
    return std::nullopt;
}

Secret to_exec_credential_json(ExecApiVersion version, std::string_view token, UnixTime expires) {
    std::string json;
    json.reserve(token.size() + 256); // no reallocation: no copies of the token left behind
    json += R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/)";
    json += to_text(version);
    json += R"(","spec":{"interactive":false},"status":{"expirationTimestamp":")";
    json += format_rfc3339(expires);
    json += R"(","token":")";
    json += token;
    json += "\"}}\n";
    return Secret::take(std::move(json));
}

bool print_credential(int fd, const Secret& json) noexcept {
    while (true) {
        const ssize_t written = ::write(fd, json.reveal().data(), json.size());
        if (written < 0 && errno == EINTR)
            continue;
        return written == static_cast<ssize_t>(json.size());
    }
}

} // namespace leasehold::helper
