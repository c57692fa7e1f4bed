#include "src/http/route.hpp"

#include "src/http/connect_tunnel.hpp"
#include "src/http/dial.hpp"
#include "src/http/phase.hpp"
#include "src/http/proxy.hpp"
#include "src/http/socks_tunnel.hpp"
#include "src/http/tls_failure.hpp"

namespace leasehold::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

HttpResult<tcp::socket> connect_to(asio::io_context& io, const Url& url, const Budgets& budgets,
                                   Deadline deadline) {
    auto endpoints = resolve_host(url.host, url.port, deadline.within(budgets.resolve));
    if (!endpoints)
        return std::move(endpoints).error();
    auto socket = connect_any(io, *endpoints, url.authority(), deadline.within(budgets.connect));
    if (!socket)
        return std::move(socket).error();
    boost::system::error_code ignored;
    (void)socket->set_option(tcp::no_delay(true), ignored);
    return *std::move(socket);
}

// The proxy has the system's trust, never the cluster's CA: whoever holds that CA's key must not
// be able to stand in for the proxy, nor the other way round (TLS-3).
Server proxy_as_server(const Server& server) {
    Server proxy;
    proxy.url = *server.proxy;
    proxy.trust.system_file = server.trust.system_file;
    proxy.trust.system_directory = server.trust.system_directory;
    proxy.trust.ca_name =
        "the system's CA certificates, or in what SSL_CERT_FILE or SSL_CERT_DIR names";
    return proxy;
}

HttpResult<void> start_proxy_tls(asio::io_context& io, Route& route, const Server& server,
                                 Deadline deadline) {
    const Server proxy = proxy_as_server(server);
    auto context = make_tls_context(proxy);
    if (!context)
        return proxy_failure(proxy.url, Failure{std::move(context).error(), Stage::proxy, false});
    Route::ProxyTls& tls = route.add_proxy_tls(*std::move(context));
    if (auto named = announce_name(tls.native_handle(), proxy.url.host); !named)
        return proxy_failure(proxy.url, Failure{std::move(named).error(), Stage::proxy, false});
    bool done = false;
    boost::system::error_code result;
    tls.async_handshake(asio::ssl::stream_base::client, [&](boost::system::error_code error) {
        result = error;
        done = true;
    });
    constexpr const char* plain = "is it an https:// proxy? Most are http://";
    if (!run_phase(io, done, deadline, [&] { route.close(); }))
        return proxy_failure(proxy.url, ErrorCode::timed_out, "the TLS handshake took too long",
                             plain);
    if (speaks_no_tls(result))
        return proxy_failure(proxy.url, ErrorCode::unreachable, "it does not speak TLS", plain);
    if (result)
        return proxy_failure(proxy.url, Failure{handshake_error(route.proxy_peer(), proxy, result),
                                                Stage::proxy, false});
    return {};
}

HttpResult<void> open_tunnel(asio::io_context& io, Route& route, const Server& server,
                             const Budgets& budgets, Deadline deadline) {
    const Url& proxy = *server.proxy;
    if (proxy.scheme == "https")
        if (auto tls = start_proxy_tls(io, route, server, deadline.within(budgets.handshake)); !tls)
            return tls;
    const Tunnel tunnel{proxy, server.url, deadline.within(budgets.connect)};
    if (proxy.scheme == "http" || proxy.scheme == "https")
        return open_connect_tunnel(io, route, tunnel);
    if (proxy.scheme == "socks5" || proxy.scheme == "socks5h")
        return open_socks_tunnel(io, route, tunnel);
    return proxy_failure(proxy, ErrorCode::configuration, "proxies of this kind are not supported",
                         "use http://, https://, socks5:// or socks5h://");
}

} // namespace

HttpResult<std::unique_ptr<Route>> open_route(asio::io_context& io, const Server& server,
                                              const Budgets& budgets, Deadline deadline) {
    auto socket = connect_to(io, server.proxy ? *server.proxy : server.url, budgets, deadline);
    if (!socket && server.proxy)
        return proxy_failure(*server.proxy, std::move(socket).error());
    if (!socket)
        return std::move(socket).error();
    auto route = std::make_unique<Route>(*std::move(socket));
    if (server.proxy)
        if (auto tunnel = open_tunnel(io, *route, server, budgets, deadline); !tunnel)
            return std::move(tunnel).error();
    return route;
}

} // namespace leasehold::http
