// Times as servers write them and durations as people do.
#pragma once

#include "src/base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leasehold {

// RFC 3339 with any fraction (cut off), offset, and lower-case t and z; empty on anything else.
[[nodiscard]] std::optional<UnixTime> parse_rfc3339(std::string_view text);
// YYYY-MM-DDTHH:MM:SSZ; the years are kept within 1970 and 9999.
[[nodiscard]] std::string format_rfc3339(UnixTime time);

// The date of an HTTP header in its preferred form (RFC 9110, section 5.6.7).
[[nodiscard]] std::optional<UnixTime> parse_http_date(std::string_view text);
// The same; the years are kept within 1970 and 9999.
[[nodiscard]] std::string format_http_date(UnixTime time);

// "90s", "10m", "1h30m", "2d", or whole seconds without a unit; no sign, no fraction, at most
// 10 years. Empty on anything else.
[[nodiscard]] std::optional<Seconds> parse_duration(std::string_view text);
// The shortest of the same grammar: "1h30m".
[[nodiscard]] std::string format_duration(Seconds duration);

} // namespace leasehold
