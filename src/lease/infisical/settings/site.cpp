// A site's address, as people write it and as it is asked.
#include "src/base/hostile_text.hpp"
#include "src/lease/infisical/settings/settings.hpp"

#include <arpa/inet.h>

namespace leasehold::lease::infisical {
namespace {

// By an address or the reserved name (RFC 6761); 127.0.0.1.example is anybody's.
bool is_this_machine(const std::string& host) {
    in_addr address{};
    const bool ipv4 = ::inet_pton(AF_INET, host.c_str(), &address) == 1;
    return host == "localhost" || host == "::1" || (ipv4 && (ntohl(address.s_addr) >> 24U) == 127);
}

} // namespace

Result<Url> parse_site(std::string_view text) {
    LEASEHOLD_TRY_ASSIGN(Url site, parse_url(text, {"https", "http"}, "the Infisical site"));
    if (site.scheme == "http" && !is_this_machine(site.host))
        return make_error(ErrorCode::configuration,
                          "the Infisical site " + quoted(text) + " is not https://",
                          "no credential is sent over plain HTTP, except to this machine itself");
    if (site.path != "/api" && !site.path.ends_with("/api"))
        site.path += "/api";
    return site;
}

std::string site_text(const InfisicalSettings& settings) {
    std::string text = settings.site.text();
    if (text.ends_with("/api"))
        text.resize(text.size() - 4);
    return text;
}

} // namespace leasehold::lease::infisical
