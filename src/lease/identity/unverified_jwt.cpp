#include "src/lease/identity/unverified_jwt.hpp"

#include "src/base/base64.hpp"
#include "src/base/json.hpp"
#include "src/base/secret.hpp"

namespace leasehold::lease::identity {
namespace {

constexpr std::size_t longest = 16 * 1024;

std::optional<UnixTime> time_of(const boost::json::value& claims, std::string_view name) {
    const auto time = json_integer(claims, {name});
    return time && *time > 0 ? time : std::nullopt;
}

std::vector<std::string> audiences_of(const boost::json::value& claims) {
    std::vector<std::string> audiences;
    const boost::json::value* value = json_find(claims, {"aud"});
    if (value != nullptr && value->is_string())
        audiences.emplace_back(value->get_string());
    if (value != nullptr && value->is_array())
        for (const boost::json::value& item : value->get_array())
            if (item.is_string())
                audiences.emplace_back(item.get_string());
    return audiences;
}

} // namespace

std::optional<UnverifiedClaims> read_unverified(std::string_view token) {
    const std::size_t first = token.find('.');
    const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.size() > longest)
        return std::nullopt;
    auto text = base64url_decode(token.substr(first + 1, second - first - 1));
    if (!text)
        return std::nullopt;
    const auto claims = parse_json(*text, {.bytes = longest, .depth = 8, .members = 256});
    wipe(*text);
    if (!claims || !claims->is_object())
        return std::nullopt;
    return UnverifiedClaims{std::string(json_string(*claims, {"iss"}).value_or("")),
                            std::string(json_string(*claims, {"sub"}).value_or("")),
                            audiences_of(*claims), time_of(*claims, "iat"),
                            time_of(*claims, "exp")};
}

} // namespace leasehold::lease::identity
