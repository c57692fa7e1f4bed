// A tunnel through an HTTP or HTTPS proxy: CONNECT (RFC 9110, section 9.3.6).
#pragma once

#include "src/http/proxy.hpp"
#include "src/http/route.hpp"

namespace leasehold::http {

// Nothing but the proxy's own credential is sent to it. Only a 2xx answer with nothing behind its
// header opens the tunnel.
[[nodiscard]] HttpResult<void> open_connect_tunnel(boost::asio::io_context& io, Route& route,
                                                   const Tunnel& tunnel);

} // namespace leasehold::http
