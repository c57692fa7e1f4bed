// What a client says, and the rule that a token goes to its own cluster alone.
#include "helper/exec_protocol/arguments.hpp"
#include "helper/exec_protocol/binding.hpp"
#include "helper/exec_protocol/request.hpp"
#include "tests/fuzz/fuzzed.hpp"

using namespace leasehold;

namespace {

lease::Profile profile() {
    lease::Profile profile;
    profile.name = "dev";
    profile.path = "/home/user/.config/leasehold/dev.yaml";
    profile.cluster.server = *parse_https_url("https://dev.example:6443/base", "server");
    profile.cluster.ca_pem = "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n";
    return profile;
}

void check_request(std::string_view info) {
    const auto request = helper::parse_exec_request(std::string(info), std::nullopt);
    fuzz::require_safe(request);
    if (!request)
        return;
    if (request->cluster && !request->cluster->ca_file.empty())
        return; // files of this machine are no business of a fuzzer's
    const lease::Profile own = profile();
    const auto bound = helper::check_cluster_binding(*request, own);
    fuzz::require_safe(bound);
    (void)helper::takes_another_proxy(*request, own);
    if (!bound || !request->cluster)
        return;
    const auto url = parse_https_url(request->cluster->server, "server");
    fuzz::require(url.has_value() && url->origin() == "https://dev.example:6443" &&
                      url->path == "/base",
                  "the token's cluster alone");
    fuzz::require(!request->cluster->insecure_skip_tls_verify, "and over verified TLS");
    fuzz::require(request->cluster->ca_pem.find("TUlJ") != std::string::npos, "by its own CA");
}

void check_arguments(std::string_view line) {
    std::vector<std::string_view> arguments;
    while (!line.empty()) {
        const std::size_t end = std::min(line.find(' '), line.size());
        arguments.push_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    const auto read = helper::parse_credential_arguments(arguments);
    fuzz::require_safe(read);
    if (read)
        fuzz::require(!read->profile.empty() && read->profile.find('/') == std::string::npos,
                      "a profile's name is a name");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parts = fuzz::parts_of(fuzz::text_of(data, size), 2);
    check_request(parts[0]);
    check_arguments(parts[1]);
    return 0;
}
