// Which proxy the environment asks for: HTTPS_PROXY and NO_PROXY as Go's programs read them
// (golang.org/x/net/http/httpproxy), so that leasehold and kubectl go the same way (NET-8).
#pragma once

#include "src/base/environment.hpp"
#include "src/base/error.hpp"
#include "src/base/url.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace leasehold::http {

// The proxy on the way to `server`, of HTTPS_PROXY or else https_proxy; empty: go straight. A host
// "localhost" and loopback addresses never have one. http://, https://, socks5:// and socks5h://
// are known; without a scheme it is http. Other than in Go, a value that is no such URL is an
// error, not a direct connection; the error does not show it.
[[nodiscard]] Result<std::optional<Url>> proxy_from_environment(const Url& server,
                                                                const Environment& environment);

// True if `no_proxy` (entries with commas between) says that host:port needs no proxy. `host` is
// lower case without brackets. An entry is
//   *                    everything
//   10.0.0.0/8           address literals in the range; names are not looked up
//   10.1.2.3, [::1]:443  that address (and port)
//   example.com[:443]    that name and those below it
//   .example.com, *.example.com   those below it only
// and malformed ones say nothing. Names with other than ASCII letters are given in punycode.
[[nodiscard]] bool matches_no_proxy(std::string_view no_proxy, std::string_view host,
                                    std::uint16_t port);

} // namespace leasehold::http
