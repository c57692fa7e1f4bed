// JSON from servers and callers, read strictly: what two readers could take differently is refused.
#pragma once

#include "src/base/error.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace leasehold {

struct JsonLimits {
    std::size_t bytes = 1 << 20;
    std::size_t depth = 32;
    std::size_t members = 8192; // names, values and collections of the whole document
};

// Parses one document (RFC 8259). Refused beyond bad syntax: duplicate names, NUL in strings,
// numbers that are not finite, a byte order mark, and anything over the limits. The error has
// ErrorCode::bad_answer and never quotes the text.
[[nodiscard]] Result<boost::json::value> parse_json(std::string_view text,
                                                    const JsonLimits& limits = {});

// The member at a path of names, or null if any step is missing or no object.
[[nodiscard]] const boost::json::value* json_find(const boost::json::value& value,
                                                  std::initializer_list<std::string_view> path);
// The same as a string, or an exact integer; empty if missing or of another type.
[[nodiscard]] std::optional<std::string_view>
json_string(const boost::json::value& value, std::initializer_list<std::string_view> path);
[[nodiscard]] std::optional<std::int64_t>
json_integer(const boost::json::value& value, std::initializer_list<std::string_view> path);

// `text` as a JSON string, quotes included. Needs no Boost.JSON, for the front's sake.
[[nodiscard]] std::string json_quote(std::string_view text);

} // namespace leasehold
