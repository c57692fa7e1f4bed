#include "src/http/plain_connection.hpp"

#include "src/base/hostile_text.hpp"
#include "src/http/answer_body.hpp"
#include "src/http/dial.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
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

constexpr std::uint32_t largest_header = 64 * 1024;

using Parser = beast_http::response_parser<AnswerBody>;

Failure fail(Stage stage, ErrorCode code, std::string message) {
    return {make_error(code, std::move(message)), stage, stage != Stage::connect};
}

class PlainConnection final : public Connection {
public:
    PlainConnection(std::string name, Milliseconds response)
        : name_(std::move(name)), response_(response) {}

    HttpResult<void> open(const Server& server, const Budgets& budgets, Deadline deadline) {
        auto endpoints =
            resolve_host(server.url.host, server.url.port, deadline.within(budgets.resolve));
        if (!endpoints)
            return std::move(endpoints).error();
        auto socket = connect_any(io_, *endpoints, name_, deadline.within(budgets.connect));
        if (!socket)
            return std::move(socket).error();
        socket_.emplace(*std::move(socket));
        return {};
    }

    HttpResult<Response> exchange(Message& message, BodySink* sink, Deadline deadline) override {
        usable_ = false;
        Parser parser;
        parser.get().body().sink = sink;
        parser.body_limit(sink == nullptr ? largest_body : largest_stream);
        parser.header_limit(largest_header);
        bool done = false;
        SystemCode result;
        const auto finish = [&](SystemCode error, std::size_t) {
            result = error;
            done = true;
        };
        beast_http::async_write(*socket_, message, [&](SystemCode error, std::size_t size) {
            if (error)
                return finish(error, size);
            beast_http::async_read(*socket_, buffer_, parser, finish);
        });
        run(done, deadline.within(response_));
        if (!done || result == asio::error::operation_aborted)
            return fail(Stage::receive, ErrorCode::timed_out,
                        quoted(name_) + " did not answer in time");
        if (result)
            return fail(Stage::receive, ErrorCode::unreachable,
                        "the connection to " + quoted(name_) + " broke: " + result.message());
        usable_ = parser.keep_alive();
        return to_response(parser);
    }

    bool usable() const override { return usable_; }

private:
    void run(const bool& done, Deadline deadline) {
        io_.restart();
        io_.run_until(deadline.time());
        if (done)
            return;
        SystemCode ignored;
        (void)socket_->close(ignored);
        io_.restart();
        io_.run();
    }

    HttpResult<Response> to_response(Parser& parser) const {
        auto& message = parser.get();
        Response response;
        response.status = static_cast<int>(message.result_int());
        for (const auto& field : message)
            response.headers.push_back(
                {std::string(field.name_string()), std::string(field.value())});
        if (response.status >= 300 && response.status < 400) {
            Failure failure = fail(Stage::receive, ErrorCode::bad_answer,
                                   quoted(name_) + " redirects; redirects are not followed");
            failure.redirect = response.header("Location").value_or("");
            return failure;
        }
        response.body = std::move(message.body().text);
        return response;
    }

    std::string name_;
    Milliseconds response_;
    asio::io_context io_;
    std::optional<tcp::socket> socket_;
    boost::beast::flat_buffer buffer_{largest_header + largest_body};
    bool usable_ = false;
};

} // namespace

bool may_be_plain(const Url& url) {
    if (url.host == "localhost")
        return true;
    SystemCode error;
    const auto address = asio::ip::make_address(url.host, error);
    if (error)
        return false;
    if (address.is_v6())
        return address.is_loopback() || address.to_v6().is_link_local();
    const auto bytes = address.to_v4().to_bytes();
    return bytes[0] == 127 || (bytes[0] == 169 && bytes[1] == 254);
}

HttpResult<std::unique_ptr<Connection>>
open_plain_connection(const Server& server, const Budgets& budgets, Deadline deadline) {
    if (!may_be_plain(server.url))
        return Failure{
            make_error(ErrorCode::configuration,
                       "nothing is sent to " + quoted(server.url.text()) + " without TLS",
                       "use https://"),
            Stage::connect, false};
    auto connection = std::make_unique<PlainConnection>(server.url.authority(), budgets.response);
    if (auto opened = connection->open(server, budgets, deadline); !opened)
        return std::move(opened).error();
    return std::unique_ptr<Connection>(std::move(connection));
}

} // namespace leasehold::http
