#include "src/http/connection.hpp"

#include "src/base/hostile_text.hpp"
#include "src/http/phase.hpp"
#include "src/http/route.hpp"
#include "src/http/tls_context.hpp"

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
using SystemCode = boost::system::error_code;

constexpr std::size_t largest_body = 1 << 20;
constexpr std::uint32_t largest_header = 64 * 1024; // Beast's 8 KiB is less than some CDNs send
constexpr int most_interim_answers = 8;

using Parser = beast_http::response_parser<beast_http::string_body>;

Failure fail(Stage stage, bool sent, ErrorCode code, std::string message, std::string hint = {}) {
    return {make_error(code, std::move(message), std::move(hint)), stage, sent};
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
        tls_.emplace(*std::move(context));
        auto route = open_route(io_, server_, budgets_, deadline);
        if (!route)
            return std::move(route).error();
        route_ = *std::move(route);
        stream_.emplace(*route_, tls_->context);
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
    HttpResult<void> handshake(Deadline deadline) {
        if (auto named = announce_name(stream_->native_handle(), tls_->peer->name); !named)
            return Failure{std::move(named).error(), Stage::handshake, false};
        bool done = false;
        SystemCode result;
        stream_->async_handshake(asio::ssl::stream_base::client, [&](SystemCode error) {
            result = error;
            done = true;
        });
        if (!run_phase(io_, done, deadline, [this] { route_->close(); }))
            return fail(Stage::handshake, false, ErrorCode::timed_out,
                        "the TLS handshake with " + quoted(name_) + " took too long",
                        "something accepts connections there but does not speak TLS in time");
        if (result)
            return Failure{handshake_error(*tls_->peer, server_.trust, result.message()),
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
        if (!run_phase(io_, done, deadline, [this] { route_->close(); }))
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
        if (!run_phase(io_, done, deadline, [this] { route_->close(); }))
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

    const Server& server_;
    const Budgets& budgets_;
    std::string name_;
    asio::io_context io_;
    std::optional<TlsContext> tls_;
    std::unique_ptr<Route> route_;
    std::optional<asio::ssl::stream<Route&>> stream_;
    boost::beast::flat_buffer buffer_{largest_header + largest_body};
    bool usable_ = false;
};

} // namespace

HttpResult<std::unique_ptr<Connection>> open_connection(const Server& server,
                                                        const Budgets& budgets, Deadline deadline) {
    auto connection = std::make_unique<TlsConnection>(server, budgets);
    if (auto opened = connection->open(deadline); !opened)
        return std::move(opened).error();
    return std::unique_ptr<Connection>(std::move(connection));
}

} // namespace leasehold::http
