#include "src/lease/infisical/login/session_answer.hpp"
#include "tests/unit/lease/tokens.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease::infisical {
namespace {

http::Response login(const std::string& text) {
    http::Response response;
    response.status = 200;
    response.body = text;
    return response;
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
    const auto of_size = [](std::size_t size) {
        return read_session_answer(login(R"({"accessToken":")" + std::string(size, 'a') + R"("})"),
                                   5);
    };
    EXPECT_TRUE(of_size(16 * 1024));
    EXPECT_FALSE(of_size(16 * 1024 + 1));
}

} // namespace
} // namespace leasehold::lease::infisical
