// A tunnel through a SOCKS5 proxy (RFC 1928), with or without a user name and password (RFC 1929).
#pragma once

#include "src/http/proxy.hpp"
#include "src/http/route.hpp"

namespace leasehold::http {

// The proxy is given the server's name and looks it up itself, for socks5 as for socks5h: so does
// Go's net/http, and with it kubectl. A proxy that wants no password gets none.
[[nodiscard]] HttpResult<void> open_socks_tunnel(boost::asio::io_context& io, Route& route,
                                                 const Tunnel& tunnel);

} // namespace leasehold::http
