#include "src/base/json.hpp"

#include "src/base/strict_json_handler.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <array>
#include <cstdio>

namespace leasehold {
namespace {

namespace json = boost::json;
using json::error_code;

Error bad_json(const std::string& why) {
    return make_error(ErrorCode::bad_answer, "not acceptable as JSON: " + why);
}

} // namespace

Result<json::value> parse_json(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.bytes)
        return bad_json("it is longer than " + std::to_string(limits.bytes) + " bytes");
    json::parse_options options;
    options.max_depth = limits.depth;
    json::basic_parser<StrictHandler> parser(options, limits.members);
    error_code error;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
    if (parser.handler().refusal() != nullptr)
        return bad_json(parser.handler().refusal());
    if (error)
        return bad_json(error.message());
    if (!parser.done() || used != text.size())
        return bad_json("it does not end where it should");
    return parser.handler().release();
}

const json::value* json_find(const json::value& value,
                             std::initializer_list<std::string_view> path) {
    const json::value* at = &value;
    for (const std::string_view name : path) {
        const json::object* object = at->if_object();
        at = object == nullptr ? nullptr : object->if_contains(name);
        if (at == nullptr)
            return nullptr;
    }
    return at;
}

std::optional<std::string_view> json_string(const json::value& value,
                                            std::initializer_list<std::string_view> path) {
    const json::value* found = json_find(value, path);
    if (found == nullptr || !found->is_string())
        return std::nullopt;
    const json::string& text = found->get_string();
    return std::string_view(text.data(), text.size());
}

std::optional<std::int64_t> json_integer(const json::value& value,
                                         std::initializer_list<std::string_view> path) {
    const json::value* found = json_find(value, path);
    if (found == nullptr || !found->is_int64())
        return std::nullopt;
    return found->get_int64();
}

std::string json_quote(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            std::array<char, 8> escape{};
            (void)std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
            out.append(escape.data());
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
    return out;
}

} // namespace leasehold
