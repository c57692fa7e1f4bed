#include "tests/unit/lease/infisical/site.hpp"

namespace leasehold::lease::infisical {
namespace {

Session session(UnixTime created, UnixTime issued, int life, int longest) {
    return {Secret(std::string_view("t")), created, issued, Seconds(life), Seconds(longest)};
}

http::Response login(const std::string& text) {
    http::Response response;
    response.status = 200;
    response.body = text;
    return response;
}

TEST(InfisicalSession, IsUsedUntilHalfAMinuteBeforeItsEnd) {
    EXPECT_TRUE(is_usable(session(0, 1000, 100, 100), 1069));
    EXPECT_FALSE(is_usable(session(0, 1000, 100, 100), 1070));
    EXPECT_FALSE(is_usable(session(0, 1000, 100, 100), 999)) << "the clock was set back";
    EXPECT_TRUE(is_usable(session(0, 1000, 0, 0), 9999999)) << "it does not say when it ends";
}

// Contract 1.2: servers before the redesign delete a token whose renewal would cross its max TTL;
// with the defaults (both 30 days) that is the very first renewal.
TEST(InfisicalSession, IsNeverRenewedAcrossItsLongestLife) {
    EXPECT_TRUE(should_renew(session(0, 0, 1000, 2000), 850));
    EXPECT_FALSE(should_renew(session(0, 0, 1000, 2000), 700)) << "too early";
    EXPECT_FALSE(should_renew(session(0, 0, 1000, 1849), 850));
    EXPECT_TRUE(should_renew(session(0, 0, 1000, 1850), 850));
    EXPECT_FALSE(should_renew(session(0, 0, 2592000, 2592000), 2592000 - 3600));
    EXPECT_FALSE(should_renew(session(0, 0, 1000, 2000), 980)) << "too late";
    EXPECT_TRUE(should_renew(session(0, 9000, 1000, 1000000000), 9850)) << "periodic";
    EXPECT_FALSE(should_renew(session(0, 0, 0, 0), 850)) << "it does not end";
}

TEST(InfisicalSession, IsReadFromALoginAndARenewal) {
    const auto first = read_session_answer(
        login(R"({"accessToken":"a","expiresIn":60,"accessTokenMaxTTL":600,"tokenType":"Bearer"})"),
        100);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->life, Seconds(60));
    EXPECT_EQ(first->created, 100);
    const auto renewed = read_session_answer(
        login(R"({"accessToken":"b","expiresIn":60,"accessTokenMaxTTL":600})"), 150, &*first);
    ASSERT_TRUE(renewed);
    EXPECT_EQ(renewed->token.reveal(), "b");
    EXPECT_EQ(renewed->created, 100);
    EXPECT_EQ(renewed->issued, 150);
}

TEST(InfisicalSession, TakesItsEndFromTheTokenWhereTheAnswerSaysNothing) {
    const std::string token = make_token(R"({"iat":1000,"exp":1500})", R"({"alg":"HS256"})");
    const auto answer = [&](const char* life) {
        return read_session_answer(
            login(R"({"accessToken":")" + token + R"(","expiresIn":)" + life + "}"), 5);
    };
    EXPECT_EQ(answer("0")->life, Seconds(500));
    EXPECT_EQ(answer("100")->life, Seconds(100));
    EXPECT_EQ(answer("900")->life, Seconds(500));
    EXPECT_EQ(read_session_answer(login(R"({"accessToken":"a"})"), 5)->life, Seconds(0));
}

TEST(InfisicalSession, RefusesWhatIsNoToken) {
    for (const char* text : {"", "<html>", "{}", R"({"accessToken":""})", R"({"accessToken":7})",
                             R"({"accessToken":"a b"})"}) {
        const auto answer = read_session_answer(login(text), 5);
        ASSERT_FALSE(answer) << text;
        EXPECT_EQ(answer.error().code, ErrorCode::bad_answer);
    }
}

} // namespace
} // namespace leasehold::lease::infisical
