#include "src/http/connect_tunnel.hpp"

#include "src/base/base64.hpp"
#include "src/base/hostile_text.hpp"
#include "src/http/phase.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace leasehold::http {
namespace {

namespace beast_http = boost::beast::http;
using SystemCode = boost::system::error_code;
using ConnectRequest = beast_http::request<beast_http::string_body>;

constexpr std::uint32_t largest_header = 64 * 1024;

Result<ConnectRequest> connect_request(const Tunnel& tunnel) {
    const std::string target = tunnel.server.authority();
    ConnectRequest request(beast_http::verb::connect, target, 11);
    request.set(beast_http::field::host, target);
    LEASEHOLD_TRY_ASSIGN(const auto credential, proxy_credential(tunnel.proxy));
    if (credential) // RFC 7617
        request.set(beast_http::field::proxy_authorization,
                    "Basic " + base64_encode(credential->user + ':' +
                                             std::string(credential->password.reveal())));
    return request;
}

Failure refusal(const Tunnel& tunnel, int status) {
    const std::string what = "it does not open the way to " + quoted(tunnel.server.authority()) +
                             " (" + std::to_string(status) + ')';
    const auto failure = [&](const char* hint) {
        return proxy_failure(tunnel.proxy, ErrorCode::unreachable, what, hint);
    };
    if (status == 407 && tunnel.proxy.userinfo.empty())
        return failure("it wants a user name and password: http://USER:PASSWORD@HOST:PORT");
    if (status == 407 || status == 401) // tinyproxy says 401 to a wrong password
        return failure("it does not accept the user name and password of its URL; characters "
                       "other than letters, digits and -._~ are written as %XX there");
    if (status == 403)
        return failure("it does not allow this server or port: ask who runs it, or put the server "
                       "into NO_PROXY if it can be reached without it");
    if (status == 502 || status == 503 || status == 504)
        return failure("it cannot reach the server itself: is the server up, and is its name known "
                       "to the proxy?");
    return failure("");
}

HttpResult<void> check_answer(const Tunnel& tunnel, int status, std::size_t left_over) {
    if (status < 200 || status > 299)
        return refusal(tunnel, status);
    if (left_over != 0)
        return proxy_failure(tunnel.proxy, ErrorCode::unreachable,
                             "it sends bytes of its own into the tunnel");
    return {};
}

} // namespace

HttpResult<void> open_connect_tunnel(boost::asio::io_context& io, Route& route,
                                     const Tunnel& tunnel) {
    auto request = connect_request(tunnel);
    if (!request)
        return Failure{std::move(request).error(), Stage::proxy, false};
    beast_http::response_parser<beast_http::string_body> parser;
    parser.header_limit(largest_header);
    parser.skip(true);
    boost::beast::flat_buffer buffer;
    bool done = false;
    SystemCode result;
    const auto finish = [&](SystemCode error, std::size_t) {
        result = error;
        done = true;
    };
    beast_http::async_write(route, *request, [&](SystemCode error, std::size_t count) {
        if (error)
            return finish(error, count);
        beast_http::async_read_header(route, buffer, parser, finish);
    });
    if (!run_phase(io, done, tunnel.deadline, [&] { route.close(); }))
        return proxy_failure(tunnel.proxy, ErrorCode::timed_out, "it does not answer");
    if (result == beast_http::error::header_limit)
        return proxy_failure(tunnel.proxy, ErrorCode::unreachable,
                             "it sends an answer that is too large");
    if (result.category() == make_error_code(beast_http::error::bad_version).category() &&
        result != beast_http::error::end_of_stream && result != beast_http::error::partial_message)
        return proxy_failure(tunnel.proxy, ErrorCode::unreachable,
                             "it does not speak HTTP as it should: " + result.message());
    if (result)
        return proxy_failure(tunnel.proxy, ErrorCode::unreachable,
                             "the connection broke: " + hostile_text(result.message()));
    return check_answer(tunnel, static_cast<int>(parser.get().result_int()), buffer.size());
}

} // namespace leasehold::http
