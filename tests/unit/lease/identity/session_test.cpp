#include "src/lease/identity/session.hpp"
#include "tests/unit/lease/tokens.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease::identity {
namespace {

Session session(UnixTime created, UnixTime issued, int life, int longest) {
    return {Secret(std::string_view("t")), created, issued, Seconds(life), Seconds(longest)};
}

TEST(Session, IsUsedUntilHalfAMinuteBeforeItsEnd) {
    EXPECT_TRUE(is_usable(session(0, 1000, 100, 100), 1069));
    EXPECT_FALSE(is_usable(session(0, 1000, 100, 100), 1070));
    EXPECT_FALSE(is_usable(session(0, 1000, 100, 100), 999)) << "the clock was set back";
    EXPECT_TRUE(is_usable(session(0, 1000, 0, 0), 9999999)) << "it does not say when it ends";
}

// Some servers delete a token whose renewal would cross its max TTL;
// with the defaults (both 30 days) that is the very first renewal.
TEST(Session, IsNeverRenewedAcrossItsLongestLife) {
    EXPECT_TRUE(should_renew(session(0, 0, 1000, 2000), 850));
    EXPECT_FALSE(should_renew(session(0, 0, 1000, 2000), 700)) << "too early";
    EXPECT_FALSE(should_renew(session(0, 0, 1000, 2000), 800)) << "a fifth of it is left";
    EXPECT_TRUE(should_renew(session(0, 0, 1000, 2000), 801));
    EXPECT_FALSE(should_renew(session(0, 0, 1000, 0), 850)) << "no longest life is known";
    EXPECT_FALSE(should_renew(session(0, 0, 1000, 1849), 850));
    EXPECT_TRUE(should_renew(session(0, 0, 1000, 1850), 850));
    EXPECT_FALSE(should_renew(session(0, 0, 2592000, 2592000), 2592000 - 3600));
    EXPECT_FALSE(should_renew(session(0, 0, 1000, 2000), 980)) << "too late";
    EXPECT_TRUE(should_renew(session(0, 9000, 1000, 1000000000), 9850)) << "periodic";
    EXPECT_FALSE(should_renew(session(0, 0, 0, 0), 850)) << "it does not end";
}

TEST(Session, LastsIfAnotherWouldLastNoLonger) {
    EXPECT_TRUE(lasts(session(0, 1000, 100, 100), Seconds(160), 1000)) << "about as long";
    EXPECT_TRUE(lasts(session(0, 1000, 100, 500), Seconds(160), 1000));
    EXPECT_FALSE(lasts(session(0, 1000, 100, 500), Seconds(161), 1000));
    EXPECT_TRUE(lasts(session(0, 1000, 100, 100), Seconds(9000), 1060));
    EXPECT_FALSE(lasts(session(0, 1000, 100, 100), Seconds(9000), 1061));
    EXPECT_TRUE(lasts(session(0, 1000, 0, 0), Seconds(9000), 1000)) << "it does not end";
    Session periodic = session(0, 1000, 100, 9000);
    periodic.period = Seconds(100);
    EXPECT_TRUE(lasts(periodic, Seconds(9000), 1060));
    EXPECT_FALSE(lasts(periodic, Seconds(9000), 1061));
}

TEST(Session, WithoutATokenIsOfNoUse) {
    Session empty = session(0, 1000, 100, 100);
    empty.token = Secret();
    EXPECT_FALSE(is_usable(empty, 1000));
}

TEST(Session, LivesAsLongAsTheAnswerOrTheTokenSays) {
    const std::string token = make_token(R"({"iat":1000,"exp":1500})", R"({"alg":"HS256"})");
    EXPECT_EQ(session_life(0, token), Seconds(500));
    EXPECT_EQ(session_life(-1, token), Seconds(500));
    EXPECT_EQ(session_life(100, token), Seconds(100));
    EXPECT_EQ(session_life(900, token), Seconds(500));
    EXPECT_EQ(session_life(0, "opaque"), Seconds(0)) << "neither says anything";
    for (const char* claims : {R"({"iat":1000})", R"({"exp":1500})"})
        EXPECT_EQ(session_life(900, make_token(claims, R"({"alg":"HS256"})")), Seconds(900));
    EXPECT_EQ(session_life(INT64_MAX, "opaque"), longest_session);
}

} // namespace
} // namespace leasehold::lease::identity
