#include "src/base/hostile_text.hpp"
#include "src/lease/infisical/site_client.hpp"

#include <algorithm>
#include <array>

namespace leasehold::lease::infisical {
namespace {

constexpr std::array<std::string_view, 14> ours{"accept",
                                                "accept-encoding",
                                                "authorization",
                                                "connection",
                                                "content-encoding",
                                                "content-length",
                                                "content-type",
                                                "expect",
                                                "host",
                                                "proxy-authorization",
                                                "te",
                                                "trailer",
                                                "transfer-encoding",
                                                "user-agent"};

Error unreadable(std::string why) {
    return make_error(ErrorCode::configuration, "INFISICAL_CUSTOM_HEADERS " + std::move(why),
                      "it looks like this: NAME=value OTHER=\"a value with blanks\"");
}

bool is_ours(std::string_view name) {
    return std::any_of(ours.begin(), ours.end(),
                       [&](std::string_view other) { return http::same_header_name(name, other); });
}

// The value at the front of `rest`, which is moved behind it. Empty if a quote is not closed.
std::optional<std::string> take_value(std::string_view& rest) {
    const char quote = rest.empty() ? ' ' : rest.front();
    const bool is_quoted = quote == '"' || quote == '\'';
    if (is_quoted)
        rest.remove_prefix(1);
    const std::size_t end = rest.find(is_quoted ? quote : ' ');
    if (is_quoted && end == std::string_view::npos)
        return std::nullopt;
    std::string value(rest.substr(0, end));
    rest.remove_prefix(std::min(rest.size(), value.size() + (is_quoted ? 1 : 0)));
    return value;
}

} // namespace

Result<std::vector<http::Header>> parse_custom_headers(std::string_view text) {
    std::vector<http::Header> headers;
    while (true) {
        while (text.starts_with(' '))
            text.remove_prefix(1);
        if (text.empty())
            return headers;
        const std::size_t sign = text.find('=');
        const std::string name(text.substr(0, sign));
        if (sign == std::string_view::npos || name.empty() || name.find(' ') != std::string::npos)
            return unreadable("holds something that is no NAME=value");
        text.remove_prefix(sign + 1);
        auto value = take_value(text);
        if (!value)
            return unreadable("lacks a closing quote");
        if (is_ours(name))
            return unreadable("must not set " + quoted(name, 64));
        headers.push_back({name, *std::move(value)});
    }
}

} // namespace leasehold::lease::infisical
