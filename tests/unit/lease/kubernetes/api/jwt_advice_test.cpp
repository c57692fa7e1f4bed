#include "src/lease/kubernetes/api/jwt_advice.hpp"
#include "tests/unit/lease/tokens.hpp"

#include <gmock/gmock.h>

namespace leasehold::lease {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(JwtAdvice, NamesWhatTheServerWouldHaveToTrust) {
    const std::string jwt =
        make_token(R"({"iss":"https://ci","aud":["k8s","b"],"sub":"job:7","exp":200})");
    const std::string advice = jwt_advice(jwt, 100);
    EXPECT_THAT(advice, HasSubstr(R"(issuer "https://ci", for audience "k8s", "b")"));
    EXPECT_THAT(advice, HasSubstr(R"(subject "job:7")"));
    EXPECT_THAT(advice, HasSubstr("--authentication-config"));
    // Without the server's clock nothing is said of its end.
    EXPECT_THAT(jwt_advice(jwt, std::nullopt), HasSubstr("issuer"));
}

TEST(JwtAdvice, SaysThatTheJwtHasEnded) {
    const std::string jwt = make_token(R"({"iss":"https://ci","aud":"k8s","exp":200})");
    EXPECT_THAT(jwt_advice(jwt, 200), HasSubstr("ended at 1970-01-01T00:03:20Z"));
    EXPECT_THAT(jwt_advice(jwt, 199), Not(HasSubstr("ended")));
}

TEST(JwtAdvice, WhatIsNoJwtIsNotShown) {
    const std::string advice = jwt_advice("secret", 1);
    EXPECT_THAT(advice, HasSubstr("no JWT"));
    EXPECT_THAT(advice, Not(HasSubstr("secret")));
}

TEST(JwtAdvice, ItsWordsAreHostile) {
    const std::string jwt =
        make_token("{\"iss\":\"\\u001b[31m\",\"sub\":\"" + std::string(4000, 's') +
                   "\",\"aud\":[\"1\",\"2\",\"3\",\"4\",\"5\"]}");
    const std::string advice = jwt_advice(jwt, 1);
    EXPECT_THAT(advice, Not(HasSubstr("\x1b")));
    EXPECT_THAT(advice, HasSubstr("\"4\" and others"));
    EXPECT_LT(advice.size(), 1000u);
}

} // namespace
} // namespace leasehold::lease
