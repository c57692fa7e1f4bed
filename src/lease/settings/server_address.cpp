#include "src/lease/settings/server_address.hpp"

#include "src/base/hostile_text.hpp"

#include <string>

#include <arpa/inet.h>

namespace leasehold::lease {
namespace {

// By an address or the reserved name (RFC 6761); 127.0.0.1.example is anybody's.
bool is_this_machine(const std::string& host) {
    in_addr address{};
    const bool ipv4 = ::inet_pton(AF_INET, host.c_str(), &address) == 1;
    return host == "localhost" || host == "::1" || (ipv4 && (ntohl(address.s_addr) >> 24U) == 127);
}

} // namespace

Result<Url> parse_server_address(std::string_view text, std::string_view what) {
    LEASEHOLD_TRY_ASSIGN(Url address, parse_url(text, {"https", "http"}, what));
    if (address.scheme == "http" && !is_this_machine(address.host))
        return make_error(ErrorCode::configuration,
                          std::string(what) + ' ' + quoted(text) + " is not https://",
                          "no credential is sent over plain HTTP, except to this machine itself");
    return address;
}

} // namespace leasehold::lease
