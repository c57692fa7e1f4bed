#include "src/http/callback_listener.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/url.hpp"
#include "src/http/phase.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace leasehold::http {
namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using SystemCode = boost::system::error_code;
using Request = beast_http::request<beast_http::string_body>;
using Answer = beast_http::response<beast_http::string_body>;

// Browsers open connections ahead of their need; one of those must not keep the others waiting.
constexpr Seconds patience{5};
constexpr std::size_t largest_request = 16 * 1024;
constexpr const char* page = "<!doctype html><title>leasehold</title><p>The login is with "
                             "leasehold. This window can be closed.";

// A value of a query, as forms write it. What is not written so stays as it is.
std::string decoded(std::string text) {
    std::replace(text.begin(), text.end(), '+', ' ');
    return percent_decoded(text).value_or(text);
}

class Listener final : public CallbackListener {
public:
    // The first error that matters; the second address is a help alone.
    SystemCode open(std::uint16_t port) {
        SystemCode error = listen(first_, tcp::endpoint(asio::ip::address_v4::loopback(), port));
        if (!error)
            (void)listen(second_, tcp::endpoint(asio::ip::address_v6::loopback(), this->port()));
        return error;
    }

    std::uint16_t port() const override { return first_.local_endpoint().port(); }

    Result<std::string> wait(std::string_view path, Deadline deadline) override {
        while (auto socket = accept(deadline)) {
            const auto request = read(*socket, deadline.within(patience));
            const bool ours = request && is_ours(*request, path);
            answer(*socket, ours, deadline.within(patience));
            if (ours) {
                const std::string_view target(request->target().data(), request->target().size());
                return std::string(target.substr(std::min(path.size() + 1, target.size())));
            }
        }
        return make_error(ErrorCode::timed_out, "nobody came back from the browser in time",
                          "log in again, and finish in the browser");
    }

private:
    static SystemCode listen(tcp::acceptor& acceptor, const tcp::endpoint& at) {
        SystemCode error;
        acceptor.open(at.protocol(), error);
        if (!error)
            acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error)
            acceptor.bind(at, error);
        if (!error)
            acceptor.listen(8, error);
        if (error)
            (void)acceptor.close();
        return error;
    }

    std::optional<tcp::socket> accept(Deadline deadline) {
        tcp::socket socket(io_);
        bool done = false;
        SystemCode result;
        const auto take = [&](SystemCode error, tcp::socket accepted) {
            if (error == asio::error::operation_aborted || done)
                return;
            result = error;
            socket = std::move(accepted);
            done = true;
            cancel();
        };
        for (tcp::acceptor* acceptor : {&first_, &second_})
            if (acceptor->is_open())
                acceptor->async_accept(take);
        const bool came = run_phase(io_, done, deadline, [this] { cancel(); });
        io_.restart();
        io_.run(); // the other's cancellation
        return came && !result ? std::optional(std::move(socket)) : std::nullopt;
    }

    void cancel() {
        SystemCode ignored;
        for (tcp::acceptor* acceptor : {&first_, &second_})
            if (acceptor->is_open())
                (void)acceptor->cancel(ignored);
    }

    std::optional<Request> read(tcp::socket& socket, Deadline deadline) {
        beast_http::request_parser<beast_http::string_body> parser;
        parser.header_limit(largest_request);
        parser.body_limit(0);
        boost::beast::flat_buffer buffer(largest_request);
        bool done = false;
        SystemCode result;
        beast_http::async_read(socket, buffer, parser, [&](SystemCode error, std::size_t) {
            result = error;
            done = true;
        });
        const bool came = run_phase(io_, done, deadline, [&] { (void)socket.close(); });
        return came && !result ? std::optional(parser.release()) : std::nullopt;
    }

    // A page of somebody else's that has its name point here comes with that name.
    [[nodiscard]] bool is_ours(const Request& request, std::string_view path) const {
        const std::string_view target(request.target().data(), request.target().size());
        const auto host = request[beast_http::field::host];
        const std::string at = ':' + std::to_string(port());
        bool here = false;
        for (const char* name : {"localhost", "127.0.0.1", "[::1]"})
            here = here || std::string_view(host.data(), host.size()) == name + at;
        return here && request.method() == beast_http::verb::get && target.starts_with(path) &&
               target.substr(path.size()).starts_with('?');
    }

    void answer(tcp::socket& socket, bool ours, Deadline deadline) {
        Answer response(ours ? beast_http::status::ok : beast_http::status::not_found, 11);
        response.set(beast_http::field::content_type, "text/html; charset=utf-8");
        response.set(beast_http::field::cache_control, "no-store");
        response.set("Referrer-Policy", "no-referrer");
        response.set(beast_http::field::connection, "close");
        response.body() = ours ? page : "";
        response.prepare_payload();
        bool done = false;
        beast_http::async_write(socket, response, [&](SystemCode, std::size_t) { done = true; });
        (void)run_phase(io_, done, deadline, [&] { (void)socket.close(); });
    }

    asio::io_context io_;
    tcp::acceptor first_{io_};
    tcp::acceptor second_{io_};
};

} // namespace

Result<std::unique_ptr<CallbackListener>> listen_for_callback(std::uint16_t port) {
    auto listener = std::make_unique<Listener>();
    if (const SystemCode error = listener->open(port))
        return make_error(ErrorCode::configuration,
                          "port " + std::to_string(port) +
                              " of this machine cannot be listened "
                              "on: " +
                              error.message(),
                          "another login may be waiting there; --callback-port names another port, "
                          "if the identity provider allows it");
    return std::unique_ptr<CallbackListener>(std::move(listener));
}

std::string query_value(std::string_view text, std::string_view name) {
    if (const std::size_t query = text.find('?'); query != std::string_view::npos)
        text.remove_prefix(query + 1);
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        if (part.starts_with(name) && part.substr(name.size()).starts_with('='))
            return decoded(std::string(part.substr(name.size() + 1)));
    }
    return {};
}

} // namespace leasehold::http
