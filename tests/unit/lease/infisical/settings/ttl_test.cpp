#include "src/lease/infisical/settings/ttl.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease::infisical {
namespace {

TEST(InfisicalTtl, ReadsOneNumberAndOneUnit) {
    const std::pair<const char*, std::int64_t> table[] = {
        {"600", 600},          {"600000", 600000},   {"1.5h", 5400000},   {".5m", 30000},
        {"2 days", 172800000}, {"1H", 3600000},      {"1 Hour", 3600000}, {"90mins", 5400000},
        {"1w", 604800000},     {"1y", 31557600000},  {"1msec", 1},        {"2yrs", 63115200000},
        {"1 m", 60000},        {"1 milliseconds", 1}};
    for (const auto& [text, milliseconds] : table) {
        const auto parsed = parse_ms(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(parsed->count(), milliseconds) << text;
    }
}

// The server would take these for a TTL without end.
TEST(InfisicalTtl, RefusesWhatTheServerCannotRead) {
    for (const char* text : {"", "1h30m", "h", "1 month", " 1h", "1h ", "-1h", "1..5h", "5.",
                             "1h\n", "0x10", "1e3", "--", "1,5h"})
        EXPECT_FALSE(parse_ms(text)) << text;
    EXPECT_FALSE(parse_ms(std::string(101, '1')));
}

TEST(InfisicalTtl, SendsWholeSecondsAndNeverTheKubeletsNumber) {
    EXPECT_EQ(wire_ttl(Seconds(3600)), "3600s");
    EXPECT_EQ(wire_ttl(Seconds(3607)), "3606s");
    EXPECT_EQ(wire_ttl(Seconds(3608)), "3606s");
    EXPECT_EQ(wire_ttl(Seconds(3609)), "3609s");
}

TEST(InfisicalTtl, HoldsDefinitionsToTheServersLimits) {
    EXPECT_EQ(check_definition_ttl("1m", "ttl")->count(), 60);
    EXPECT_TRUE(check_definition_ttl("3650d", "ttl"));
    EXPECT_FALSE(check_definition_ttl("11y", "ttl"));
    EXPECT_FALSE(check_definition_ttl("59s", "ttl"));
    const auto bare = check_definition_ttl("600", "ttl");
    ASSERT_FALSE(bare);
    EXPECT_NE(bare.error().hint.find("milliseconds"), std::string::npos);
}

} // namespace
} // namespace leasehold::lease::infisical
