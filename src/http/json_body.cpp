#include "src/http/json_body.hpp"

#include "src/base/hostile_text.hpp"

#include <algorithm>

namespace leasehold::http {
namespace {

// Without parameters and outer space, in small letters (RFC 9110, section 8.3.1).
std::string media_type(std::string_view header) {
    std::string type(header.substr(0, header.find(';')));
    while (!type.empty() && (type.back() == ' ' || type.back() == '\t'))
        type.pop_back();
    std::transform(type.begin(), type.end(), type.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return type;
}

} // namespace

Result<void> check_json_type(const Response& response) {
    const std::string type = media_type(response.header("Content-Type").value_or(""));
    if (!type.empty() && type != "application/json" && !type.ends_with("+json"))
        return make_error(ErrorCode::bad_answer, "it is " + quoted(type, 64) + " and not JSON");
    return {};
}

Result<boost::json::value> json_body(const Response& response, const JsonLimits& limits) {
    LEASEHOLD_TRY(check_json_type(response));
    return parse_json(response.body, limits);
}

} // namespace leasehold::http
