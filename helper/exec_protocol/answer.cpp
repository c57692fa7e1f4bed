#include "helper/exec_protocol/answer.hpp"

#include "src/base/time.hpp"

#include <cerrno>

#include <unistd.h>

namespace leasehold::helper {
namespace {

// Adds ',"name":"text"', each byte at most six for one.
void append_member(std::string& json, std::string_view name, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    json.append(",\"").append(name).append("\":\"");
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            json.append({'\\', c});
        else if (c == '\n')
            json.append("\\n");
        else if (byte < 0x20)
            json.append({'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]});
        else
            json.push_back(c);
    }
    json.push_back('"');
}

// An upper bound of what append_member() adds besides names: no reallocation, and so no copies of
// the secret left behind.
std::size_t room_for(std::string_view text) {
    std::size_t more = 0;
    for (const char c : text)
        more += static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' ? 5 : 0;
    return text.size() + more;
}

} // namespace

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

Secret to_exec_credential_json(ExecApiVersion version, std::string_view token, UnixTime expires,
                               const KeyPair& pair) {
    std::string json;
    json.reserve(room_for(token) + room_for(pair.certificate_pem) +
                 room_for(pair.key_pem.reveal()) + 256);
    json += R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/)";
    json += to_text(version);
    json += R"(","spec":{"interactive":false},"status":{"expirationTimestamp":")";
    json += format_rfc3339(expires);
    json += '"';
    if (!pair.empty()) {
        append_member(json, "clientCertificateData", pair.certificate_pem);
        append_member(json, "clientKeyData", pair.key_pem.reveal());
    }
    if (!token.empty())
        append_member(json, "token", token);
    json += "}}\n";
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
