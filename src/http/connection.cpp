#include "src/http/connection.hpp"

#include "src/base/hostile_text.hpp"
#include "src/http/answer_body.hpp"
#include "src/http/phase.hpp"
#include "src/http/route.hpp"
#include "src/http/tls_context.hpp"
#include "src/http/tls_failure.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <optional>

#include <poll.h>

namespace leasehold::http {
namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using SystemCode = boost::system::error_code;

constexpr std::uint32_t largest_header = 64 * 1024; // Beast's 8 KiB is less than some CDNs send
constexpr int most_interim_answers = 8;
constexpr Milliseconds patience_for_an_alert{500};

using Parser = beast_http::response_parser<AnswerBody>;

Failure fail(Stage stage, bool sent, ErrorCode code, std::string message, std::string hint = {}) {
    return {make_error(code, std::move(message), std::move(hint)), stage, sent};
}

Response to_response(Parser& parser) {
    auto& message = parser.get();
    Response response;
    response.status = static_cast<int>(message.result_int());
    for (const auto& field : message)
        response.headers.push_back({std::string(field.name_string()), std::string(field.value())});
    response.body = std::move(message.body().text);
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

    HttpResult<Response> exchange(Message& message, BodySink* sink, Deadline deadline) override {
        usable_ = false;
        const Deadline own = deadline.within(budgets_.response);
        if (auto sent = send(message, own); !sent)
            return std::move(sent).error();
        for (int interim = 0; interim < most_interim_answers; ++interim) {
            auto response = receive(sink, own);
            // An interim answer is 1xx (RFC 9110, section 15.2); less is no status at all.
            if (response && response->status < 100)
                return fail(Stage::receive, true, ErrorCode::bad_answer,
                            quoted(name_) + " answers with the HTTP status " +
                                std::to_string(response->status) + ", which there is not");
            if (!response || response->status >= 200)
                return response;
        }
        return fail(Stage::receive, true, ErrorCode::bad_answer,
                    quoted(name_) + " sends interim answers without end");
    }

    // Between two exchanges a server has nothing to say but that it is going, whatever its last
    // answer promised.
    bool usable() const override {
        pollfd socket{route_->socket().native_handle(), POLLIN | POLLRDHUP, 0};
        return usable_ && ::poll(&socket, 1, 0) == 0;
    }

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
            return Failure{handshake_error(*tls_->peer, server_, result), Stage::handshake, false};
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
            return broken(Stage::send, last_word(deadline), false,
                          "the connection to " + quoted(name_) + " broke: " + tls_words(result));
        return {};
    }

    // A server that refuses the end of the handshake says why and hangs up: sending fails then
    // before its alert is read.
    SystemCode last_word(Deadline deadline) {
        char byte = 0;
        bool done = false;
        SystemCode result;
        stream_->async_read_some(asio::buffer(&byte, 1), [&](SystemCode error, std::size_t) {
            result = error;
            done = true;
        });
        (void)run_phase(io_, done, deadline.within(patience_for_an_alert),
                        [this] { route_->close(); });
        return result;
    }

    HttpResult<Response> receive(BodySink* sink, Deadline deadline) {
        Parser parser;
        parser.get().body().sink = sink;
        parser.body_limit(sink == nullptr ? largest_body : largest_stream);
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
            return read_failure(result, parser.got_some());
        has_answered_ = true;
        usable_ = parser.keep_alive();
        return check(to_response(parser));
    }

    // `begun`: some byte of the answer came.
    Failure read_failure(SystemCode error, bool begun) {
        if (error == beast_http::error::body_limit || error == beast_http::error::header_limit)
            return fail(Stage::receive, true, ErrorCode::bad_answer,
                        quoted(name_) + " sends an answer that is too large");
        const bool tls = error.category() == asio::error::get_ssl_category();
        if (!tls && !hung_up(error))
            return fail(Stage::receive, true, ErrorCode::bad_answer,
                        quoted(name_) + " does not speak HTTP as it should: " + error.message());
        return broken(Stage::receive, error, begun,
                      tls ? "TLS with " + quoted(name_) + " failed: " + tls_words(error)
                          : quoted(name_) + " ended the connection before its answer was complete");
    }

    static bool hung_up(SystemCode error) {
        return error == asio::error::eof || error == asio::ssl::error::stream_truncated ||
               error == asio::error::connection_reset || error == asio::error::broken_pipe ||
               error == beast_http::error::end_of_stream ||
               error == beast_http::error::partial_message;
    }

    // On a new connection the server may only now say what it thinks of us.
    Failure broken(Stage stage, SystemCode error, bool begun, std::string message) {
        if (auto told = told_by_alert(*tls_->peer, server_, error)) {
            const bool sent = has_answered_ || begun ||
                              !is_before_any_request(stream_->native_handle(), *tls_->peer, error);
            return {*std::move(told), stage, sent, begun};
        }
        std::string hint = "try again; if it goes on, look at the server and what stands before it";
        if (const std::string more = hint_of_silence(*tls_->peer); !has_answered_ && !more.empty())
            hint += '\n' + more;
        Failure failure =
            fail(stage, true, ErrorCode::unreachable, std::move(message), std::move(hint));
        failure.answered = begun;
        return failure;
    }

    Failure redirected(const std::optional<std::string>& location) const {
        Failure failure =
            fail(Stage::receive, true, ErrorCode::bad_answer,
                 quoted(name_) + " redirects to " + quoted(location.value_or("nowhere"), 128) +
                     "; redirects are not followed",
                 "put the final address of the server into the profile, if that is it");
        failure.answered = true;
        failure.redirect = location.value_or("");
        return failure;
    }

    HttpResult<Response> check(Response response) const {
        const std::string encoding = response.header("Content-Encoding").value_or("identity");
        if (!same_header_name(encoding, "identity"))
            return fail(Stage::receive, true, ErrorCode::bad_answer,
                        quoted(name_) + " answers in the encoding " + quoted(encoding, 32) +
                            ", which was not asked for");
        if (response.status >= 300 && response.status < 400)
            return redirected(response.header("Location"));
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
    bool has_answered_ = false; // the server has, on this connection
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
