#include "src/http/request_text.hpp"

#include "src/base/names.hpp"

#include <algorithm>

namespace leasehold::http {
namespace {

namespace beast_http = boost::beast::http;

bool is_target(std::string_view text) {
    return text.starts_with('/') && std::all_of(text.begin(), text.end(), [](char c) {
               return c > 0x20 && c < 0x7f && c != '#' && c != '"' && c != '<' && c != '>' &&
                      c != '\\';
           });
}

Error refuse(std::string_view what) {
    return make_error(ErrorCode::configuration, "a request cannot be made: " + std::string(what) +
                                                    " holds characters that HTTP does not allow");
}

} // namespace

Result<Message> to_message(const Request& request, const Server& server) {
    const std::string target = server.url.path + request.target;
    if (!request.target.starts_with('/') || !is_target(target))
        return refuse("its path");
    Message message;
    message.version(11);
    message.method_string(request.method);
    message.target(target);
    message.set(beast_http::field::host, server.url.authority());
    message.set(beast_http::field::user_agent, "leasehold/" LEASEHOLD_VERSION);
    message.set(beast_http::field::accept, "application/json");
    message.set(beast_http::field::accept_encoding, "identity");
    for (const Header& header : request.headers) {
        if (!is_header_name(header.name) || !is_header_value(header.value))
            return refuse("the header " + (is_header_name(header.name) ? header.name : "name"));
        if (same_header_name(header.name, "Accept"))
            message.set(beast_http::field::accept, header.value);
        else
            message.insert(header.name, header.value);
    }
    if (request.bearer != nullptr) {
        if (request.bearer->empty() || !is_header_value(request.bearer->reveal()))
            return refuse("the token");
        if (request.bearer_header.empty())
            message.set(beast_http::field::authorization,
                        "Bearer " + std::string(request.bearer->reveal()));
        else
            message.set(request.bearer_header, std::string(request.bearer->reveal()));
    }
    if (!request.body.empty() || request.method == "POST") {
        message.set(beast_http::field::content_type, request.content_type);
        message.body() = std::string(request.body.reveal());
    }
    message.prepare_payload();
    return message;
}

} // namespace leasehold::http
