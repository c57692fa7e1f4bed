#include "src/http/connection.hpp"

#include "src/base/base64.hpp"
#include "src/base/hostile_text.hpp"
#include "src/http/dial.hpp"
#include "src/http/tls_context.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <optional>

namespace leasehold::http {
namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using SystemCode = boost::system::error_code;

constexpr std::size_t largest_body = 1 << 20;
constexpr std::uint32_t largest_header = 64 * 1024; // Beast's 8 KiB is less than some CDNs send
constexpr int most_interim_answers = 8;

using Parser = beast_http::response_parser<beast_http::string_body>;

Failure fail(Stage stage, bool sent, ErrorCode code, std::string message, std::string hint = {}) {
    return {make_error(code, std::move(message), std::move(hint)), stage, sent};
}

// Runs what was started on `io` until it has called back or the deadline passes; then `cancel`
// and wait for the callback, which comes at once. False if it was cancelled.
template <class Cancel>
bool run_phase(asio::io_context& io, const bool& done, Deadline deadline, Cancel cancel) {
    io.restart();
    io.run_until(deadline.time());
    if (done)
        return true;
    cancel();
    io.restart();
    io.run();
    return false;
}

Response to_response(Parser& parser) {
    auto& message = parser.get();
    Response response;
    response.status = static_cast<int>(message.result_int());
    for (const auto& field : message)
        response.headers.push_back({std::string(field.name_string()), std::string(field.value())});
    response.body = std::move(message.body());
    return response;
}

class TlsConnection final : public Connection {
public:
    TlsConnection(const Server& server, const Budgets& budgets)
        : server_(server), budgets_(budgets), name_(server.url.host) {}

    HttpResult<void> open(Deadline deadline) {
        auto context = make_tls_context(server_);
        if (!context)
            return Failure{std::move(context).error(), Stage::handshake, false};
        context_.emplace(*std::move(context));
        const Url& first = server_.proxy ? *server_.proxy : server_.url;
        auto endpoints = resolve_host(first.host, first.port, deadline.within(budgets_.resolve));
        if (!endpoints)
            return std::move(endpoints).error();
        auto socket =
            connect_any(io_, *endpoints, first.authority(), deadline.within(budgets_.connect));
        if (!socket)
            return std::move(socket).error();
        SystemCode ignored;
        (void)socket->set_option(tcp::no_delay(true), ignored);
        if (server_.proxy)
            if (auto tunnel = open_tunnel(*socket, deadline.within(budgets_.connect)); !tunnel)
                return std::move(tunnel).error();
        stream_.emplace(*std::move(socket), *context_);
        return handshake(deadline.within(budgets_.handshake));
    }

    HttpResult<Response> exchange(Message& message, Deadline deadline) override {
        usable_ = false;
        const Deadline own = deadline.within(budgets_.response);
        if (auto sent = send(message, own); !sent)
            return std::move(sent).error();
        for (int interim = 0; interim < most_interim_answers; ++interim) {
            auto response = receive(own);
            if (!response || response->status >= 200)
                return response;
        }
        return fail(Stage::receive, true, ErrorCode::bad_answer,
                    quoted(name_) + " sends interim answers without end");
    }

    bool usable() const override { return usable_; }

private:
    tcp::socket& socket() { return stream_->next_layer(); }

    void close_socket() {
        SystemCode ignored;
        (void)socket().close(ignored);
    }

    HttpResult<void> handshake(Deadline deadline) {
        const std::string& name =
            server_.trust.server_name.empty() ? server_.url.host : server_.trust.server_name;
        if (auto expected = expect_name(stream_->native_handle(), name); !expected)
            return Failure{std::move(expected).error(), Stage::handshake, false};
        bool done = false;
        SystemCode result;
        stream_->async_handshake(asio::ssl::stream_base::client, [&](SystemCode error) {
            result = error;
            done = true;
        });
        if (!run_phase(io_, done, deadline, [this] { close_socket(); }))
            return fail(Stage::handshake, false, ErrorCode::timed_out,
                        "the TLS handshake with " + quoted(name_) + " took too long",
                        "something accepts connections there but does not speak TLS in time");
        if (result)
            return Failure{
                handshake_error(stream_->native_handle(), name, server_.trust, result.message()),
                Stage::handshake, false};
        return {};
    }

    HttpResult<void> send(Message& message, Deadline deadline) {
        bool done = false;
        SystemCode result;
        beast_http::async_write(*stream_, message, [&](SystemCode error, std::size_t) {
            result = error;
            done = true;
        });
        if (!run_phase(io_, done, deadline, [this] { close_socket(); }))
            return fail(Stage::send, true, ErrorCode::timed_out,
                        "sending to " + quoted(name_) + " took too long", "try again");
        if (result)
            return fail(Stage::send, true, ErrorCode::unreachable,
                        "the connection to " + quoted(name_) + " broke: " + result.message(),
                        "try again");
        return {};
    }

    HttpResult<Response> receive(Deadline deadline) {
        Parser parser;
        parser.body_limit(largest_body);
        parser.header_limit(largest_header);
        bool done = false;
        SystemCode result;
        beast_http::async_read(*stream_, buffer_, parser, [&](SystemCode error, std::size_t) {
            result = error;
            done = true;
        });
        if (!run_phase(io_, done, deadline, [this] { close_socket(); }))
            return fail(Stage::receive, true, ErrorCode::timed_out,
                        quoted(name_) + " did not answer in time",
                        "the server is up but slow, or something in between swallows answers");
        if (result)
            return read_failure(result);
        usable_ = parser.keep_alive();
        return check(to_response(parser));
    }

    Failure read_failure(SystemCode error) const {
        if (error == beast_http::error::body_limit || error == beast_http::error::header_limit)
            return fail(Stage::receive, true, ErrorCode::bad_answer,
                        quoted(name_) + " sends an answer that is too large");
        const bool broken =
            error == asio::error::eof || error == asio::ssl::error::stream_truncated ||
            error == asio::error::connection_reset || error == asio::error::broken_pipe ||
            error == beast_http::error::end_of_stream ||
            error == beast_http::error::partial_message;
        if (broken)
            return fail(Stage::receive, true, ErrorCode::unreachable,
                        quoted(name_) + " ended the connection before its answer was complete",
                        "try again; if it goes on, look at the server and what stands before it");
        // A client certificate that the server refuses shows only now (TLS 1.3).
        if (error.category() == asio::error::get_ssl_category())
            return fail(Stage::receive, true, ErrorCode::unreachable,
                        "TLS with " + quoted(name_) + " failed: " + hostile_text(error.message()),
                        "if a client certificate is used, has it expired?");
        return fail(Stage::receive, true, ErrorCode::bad_answer,
                    quoted(name_) + " does not speak HTTP as it should: " + error.message());
    }

    HttpResult<Response> check(Response response) const {
        const std::string encoding = response.header("Content-Encoding").value_or("identity");
        if (!same_header_name(encoding, "identity"))
            return fail(Stage::receive, true, ErrorCode::bad_answer,
                        quoted(name_) + " answers in the encoding " + quoted(encoding, 32) +
                            ", which was not asked for");
        if (response.status >= 300 && response.status < 400)
            return fail(Stage::receive, true, ErrorCode::bad_answer,
                        quoted(name_) + " redirects to " +
                            quoted(response.header("Location").value_or("nowhere"), 128) +
                            "; redirects are not followed",
                        "put the final address of the server into the profile, if that is it");
        return response;
    }

    HttpResult<void> open_tunnel(tcp::socket& socket, Deadline deadline);

    const Server& server_;
    const Budgets& budgets_;
    std::string name_;
    asio::io_context io_;
    std::optional<asio::ssl::context> context_;
    std::optional<asio::ssl::stream<tcp::socket>> stream_;
    boost::beast::flat_buffer buffer_{largest_header + largest_body};
    bool usable_ = false;
};

// CONNECT by hand (RFC 9110, section 9.3.6): nothing but its own credential goes to the proxy.
HttpResult<void> TlsConnection::open_tunnel(tcp::socket& socket, Deadline deadline) {
    const Url& proxy = *server_.proxy;
    const std::string proxy_name = quoted(proxy.authority());
    if (proxy.scheme != "http")
        return fail(Stage::proxy, false, ErrorCode::configuration,
                    "proxies of the kind " + proxy.scheme + " are not supported",
                    "use an http:// proxy");
    beast_http::request<beast_http::string_body> request(beast_http::verb::connect,
                                                         server_.url.authority(), 11);
    request.set(beast_http::field::host, server_.url.authority());
    if (!proxy.userinfo.empty())
        request.set(beast_http::field::proxy_authorization,
                    "Basic " + base64_encode(proxy.userinfo));
    beast_http::response_parser<beast_http::string_body> parser;
    parser.header_limit(largest_header);
    parser.skip(true);
    boost::beast::flat_buffer buffer;
    bool done = false;
    SystemCode result;
    beast_http::async_write(socket, request, [&](SystemCode error, std::size_t) {
        result = error;
        if (error) {
            done = true;
            return;
        }
        beast_http::async_read_header(socket, buffer, parser, [&](SystemCode read, std::size_t) {
            result = read;
            done = true;
        });
    });
    const auto cancel = [&] {
        SystemCode ignored;
        (void)socket.close(ignored);
    };
    if (!run_phase(io_, done, deadline, cancel))
        return fail(Stage::proxy, false, ErrorCode::timed_out,
                    "the proxy " + proxy_name + " does not answer",
                    "check proxy-url of the profile");
    if (result)
        return fail(Stage::proxy, false, ErrorCode::unreachable,
                    "the proxy " + proxy_name + " failed: " + result.message(),
                    "check proxy-url of the profile");
    const int status = static_cast<int>(parser.get().result_int());
    if (status < 200 || status > 299 || buffer.size() != 0)
        return fail(Stage::proxy, false, ErrorCode::unreachable,
                    "the proxy " + proxy_name + " does not open the way (" +
                        std::to_string(status) + ')',
                    status == 407 ? "it wants a user name and password" : "");
    return {};
}

} // namespace

HttpResult<std::unique_ptr<Connection>> open_connection(const Server& server,
                                                        const Budgets& budgets, Deadline deadline) {
    auto connection = std::make_unique<TlsConnection>(server, budgets);
    if (auto opened = connection->open(deadline); !opened)
        return std::move(opened).error();
    return std::unique_ptr<Connection>(std::move(connection));
}

} // namespace leasehold::http
