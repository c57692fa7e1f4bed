// The way to a server: a TCP connection, straight or through a proxy, TLS to the proxy included.
#pragma once

#include "src/http/client.hpp"
#include "src/http/tls_context.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace leasehold::http {

// An asynchronous stream of bytes for Asio and Beast; their operations are given callbacks only.
class Route {
public:
    using Socket = boost::asio::ip::tcp::socket;
    using executor_type = Socket::executor_type;
    using lowest_layer_type = Socket::lowest_layer_type;
    using ProxyTls = boost::asio::ssl::stream<Socket&>;

    explicit Route(Socket socket) : socket_(std::move(socket)) {}
    Route(const Route&) = delete;
    Route& operator=(const Route&) = delete;

    executor_type get_executor() { return socket_.get_executor(); }
    lowest_layer_type& lowest_layer() { return socket_.lowest_layer(); }
    Socket& socket() { return socket_; }
    void close() {
        boost::system::error_code ignored;
        (void)socket_.close(ignored);
    }

    // From here on all bytes go through TLS to the proxy; the caller shakes hands on it.
    ProxyTls& add_proxy_tls(TlsContext tls) {
        proxy_context_.emplace(std::move(tls));
        return proxy_tls_.emplace(socket_, proxy_context_->context);
    }
    [[nodiscard]] const Peer& proxy_peer() const { return *proxy_context_->peer; }

    template <class Buffers, class Handler>
    void async_read_some(const Buffers& buffers, Handler&& handler) {
        if (proxy_tls_)
            proxy_tls_->async_read_some(buffers, std::forward<Handler>(handler));
        else
            socket_.async_read_some(buffers, std::forward<Handler>(handler));
    }
    template <class Buffers, class Handler>
    void async_write_some(const Buffers& buffers, Handler&& handler) {
        if (proxy_tls_)
            proxy_tls_->async_write_some(buffers, std::forward<Handler>(handler));
        else
            socket_.async_write_some(buffers, std::forward<Handler>(handler));
    }

private:
    Socket socket_;
    std::optional<TlsContext> proxy_context_;
    std::optional<ProxyTls> proxy_tls_;
};

// Resolves and connects: to the server, or to its proxy, which is then asked for a tunnel to the
// server. A proxy that fails is an error; the server is never connected to without it.
[[nodiscard]] HttpResult<std::unique_ptr<Route>> open_route(boost::asio::io_context& io,
                                                            const Server& server,
                                                            const Budgets& budgets,
                                                            Deadline deadline);

} // namespace leasehold::http
