#include "src/base/time.hpp"

#include <gtest/gtest.h>

namespace leasehold {
namespace {

// CACHE-8.
TEST(Rfc3339, CACHE_8_ReadsEveryForm) {
    const std::pair<std::string_view, UnixTime> cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-11-23T22:00:00Z", 1795471200},
        {"2026-11-23t22:00:00z", 1795471200},
        {"2026-11-23T22:00:00.123456789Z", 1795471200},
        {"2026-11-23T23:30:00+01:30", 1795471200},
        {"2026-11-23T14:00:00-08:00", 1795471200},
        {"2038-01-19T03:14:08Z", 2147483648},
        {"2024-02-29T00:00:00Z", 1709164800},
        {"2016-12-31T23:59:60Z", 1483228799},
    };
    for (const auto& [text, time] : cases)
        EXPECT_EQ(parse_rfc3339(text), time) << text;
}

TEST(Rfc3339, RefusesTheRest) {
    for (const char* text :
         {"", "2026-11-23", "2026-11-23T22:00:00", "2026-11-23 22:00:00Z", "2026-13-01T00:00:00Z",
          "2025-02-29T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-23T24:00:00Z",
          "2026-11-23T22:00:00.Z", "2026-11-23T22:00:00+0100", "2026-11-23T22:00:00ZZ",
          "2026-11-23T22:60:00Z", "+026-11-23T22:00:00Z", "1795471200", "2026-11-2aT22:00:00Z"})
        EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Rfc3339, CACHE_8_RoundTrips) {
    for (UnixTime time = 0; time < 253402300799; time += 86399 * 1009)
        ASSERT_EQ(parse_rfc3339(format_rfc3339(time)), time) << format_rfc3339(time);
    EXPECT_EQ(format_rfc3339(-5), "1970-01-01T00:00:00Z");
    EXPECT_EQ(format_rfc3339(1LL << 60), "9999-12-31T23:59:59Z");
}

TEST(HttpDate, ReadsThePreferredForm) {
    EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
    EXPECT_EQ(format_http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(format_http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    for (const char* text : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                             "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC"})
        EXPECT_FALSE(parse_http_date(text)) << text;
}

TEST(Duration, ReadsAndWrites) {
    const std::pair<std::string_view, std::int64_t> cases[] = {
        {"90", 90},     {"90s", 90},         {"10m", 600}, {"1h30m", 5400},
        {"2d", 172800}, {"1d2h3m4s", 93784}, {"0s", 0}};
    for (const auto& [text, seconds] : cases)
        EXPECT_EQ(parse_duration(text), Seconds(seconds)) << text;
    for (const char* text : {"", "m", "-5m", "+5m", "1.5h", "5 m", "1m1h", "1h30", "1h1h", "10mm",
                             "11y", "99999999999999999999", "4000d", "1H"})
        EXPECT_FALSE(parse_duration(text)) << text;
    for (const std::int64_t seconds : {1, 59, 60, 3600, 3661, 86400, 90061})
        EXPECT_EQ(parse_duration(format_duration(Seconds(seconds))), Seconds(seconds));
}

} // namespace
} // namespace leasehold
