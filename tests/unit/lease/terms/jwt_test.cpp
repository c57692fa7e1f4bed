#include "src/lease/terms/jwt.hpp"
#include "tests/unit/lease/tokens.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease {
namespace {

TokenExpectation usual_expectation() {
    return {.namespace_ = "ci",
            .service_account = "deployer",
            .audiences = {},
            .issuer = "",
            .ttl = Seconds(3600),
            .server_now = 1000000};
}

Result<void> check(const std::string& token, const TokenExpectation& expected) {
    LEASEHOLD_TRY_ASSIGN(const Claims claims, read_claims(token));
    return check_claims(claims, expected);
}

TEST(Jwt, ReadsAndAcceptsAUsualToken) {
    const auto claims = read_claims(make_token(usual_claims()));
    ASSERT_TRUE(claims) << claims.error().message;
    EXPECT_EQ(claims->subject, "system:serviceaccount:ci:deployer");
    EXPECT_EQ(claims->id, "4d6f");
    EXPECT_EQ(claims->audiences, std::vector<std::string>{"https://kubernetes.default.svc"});
    EXPECT_TRUE(check_claims(*claims, usual_expectation()));
}

struct Mutation {
    std::string_view what;
    std::string_view with;
};

// JWT-1, JWT-5: any claim outside tolerance makes the token unusable.
TEST(Jwt, RefusesEveryMutation) {
    const Mutation mutations[] = {
        {"ci:deployer", "ci:other"},
        {"ci:deployer", "prod:deployer"},
        {"system:serviceaccount:ci:deployer", "system:admin"},
        {R"("namespace":"ci")", R"("namespace":"prod")"},
        {R"("namespace":"ci")", R"("namespace":7)"},
        {R"("name":"deployer")", R"("name":"other")"},
        {R"("kubernetes.io")", R"("kubernetes")"},
        {"\"exp\":1003600", "\"exp\":1000000"},
        {"\"exp\":1003600", "\"exp\":999999"},
        {"\"exp\":1003600", "\"exp\":0"},
        {"\"exp\":1003600", "\"exp\":-1003600"},
        {"\"exp\":1003600", "\"exp\":-0.5"},
        {"\"exp\":1003600", "\"exp\":1e300"},
        {"\"exp\":1003600", "\"exp\":\"1003600\""},
        {"\"exp\":1003600", "\"exp\":null"},
        {"\"exp\":1003600", "\"exp\":9007199254740993"},
        {"\"exp\":1003600", "\"exp\":18446744073709551616"},
        {"\"exp\":1003600", "\"exp\":1e400"},
        {"\"exp\":1003600", "\"exp\":1005461"},
        {"\"exp\":1003600", "\"exp\":32536000"},
        {"\"exp\":1003600,", ""},
        {"\"exp\":1003600", "\"exp\":1003600,\"exp\":1003600"},
        {"\"iat\":1000000", "\"iat\":1000061"},
        {"\"iat\":1000000", "\"iat\":1003600"},
        {R"("exp":1003600,"iat":1000000)", R"("exp":1000030,"iat":1000030)"},
        {R"("exp":1003600,"iat":1000000)", R"("exp":1000030,"iat":1000031)"},
        {"\"iat\":1000000", "\"iat\":\"now\""},
        {"\"iat\":1000000", "\"iat\":true"},
        {"\"nbf\":1000000", "\"nbf\":1000061"},
        {"\"nbf\":1000000", "\"nbf\":[]"},
        {R"(["https://kubernetes.default.svc"])", "7"},
        {R"(["https://kubernetes.default.svc"])", "[7]"},
        {R"(["https://kubernetes.default.svc"])", R"({"a":1})"},
        {R"("sub")", R"("sup")"},
        {R"("sub":"system)", R"("sub":"x","sub":"system)"},
    };
    for (const Mutation& mutation : mutations) {
        const auto outcome =
            check(make_token(replaced(usual_claims(), mutation.what, mutation.with)),
                  usual_expectation());
        ASSERT_FALSE(outcome) << mutation.what << " -> " << mutation.with;
        EXPECT_EQ(outcome.error().code, ErrorCode::bad_answer);
    }
}

// A list of groups or audiences may be long.
TEST(Jwt, ReadsManyMembers) {
    std::string groups = "[";
    for (int i = 0; i < 1000; ++i)
        groups += (i == 0 ? "\"g" : ",\"g") + std::to_string(i) + '"';
    const std::string claims =
        replaced(usual_claims(), "\"exp\":1003600", "\"groups\":" + groups + "],\"exp\":1003600");
    EXPECT_TRUE(check(make_token(claims), usual_expectation()));
}

TEST(Jwt, ToleratesWhatServersDo) {
    const Mutation mutations[] = {
        {"\"iat\":1000000", "\"iat\":1000060"},
        {"\"nbf\":1000000", "\"nbf\":1000060"},
        {"\"nbf\":1000000,", ""},
        {"\"exp\":1003600", "\"exp\":1003600.75"},
        {"\"exp\":1003600", "\"exp\":1.0036e6"},
        {"\"iat\":1000000", "\"iat\":1000000.25"},
        {"\"exp\":1003600", "\"exp\":1000600"},
        {"\"exp\":1003600", "\"exp\":1005460"},
        {R"("jti":"4d6f",)", ""},
        {R"(["https://kubernetes.default.svc"])", R"("https://kubernetes.default.svc")"},
    };
    for (const Mutation& mutation : mutations) {
        const auto outcome =
            check(make_token(replaced(usual_claims(), mutation.what, mutation.with)),
                  usual_expectation());
        EXPECT_TRUE(outcome) << mutation.what << " -> " << mutation.with << ": "
                             << outcome.error().message;
    }
}

TEST(Jwt, RefusesEveryOtherShape) {
    const std::string good = make_token(usual_claims());
    const std::string tokens[] = {"",
                                  ".",
                                  "..",
                                  "a.b",
                                  "a.b.c",
                                  good + ".x",
                                  good.substr(0, good.rfind('.')),
                                  good.substr(0, good.rfind('.') + 1),
                                  good + "=",
                                  "x" + good,
                                  make_token(usual_claims(), R"({"alg":"none"})"),
                                  make_token(usual_claims(), R"({"alg":"HS256"})"),
                                  make_token(usual_claims(), R"({"alg":"rs256"})"),
                                  make_token(usual_claims(), R"({})"),
                                  make_token(usual_claims(), R"([])"),
                                  make_token("[]"),
                                  make_token("null"),
                                  make_token(usual_claims() + usual_claims()),
                                  make_token(std::string(20000, ' ') + usual_claims())};
    for (const std::string& token : tokens)
        EXPECT_FALSE(read_claims(token)) << token.substr(0, 40);
}

TEST(Jwt, HoldsAudiencesAndIssuerAgainstWhatWasAsked) {
    TokenExpectation expected = usual_expectation();
    const std::string token = make_token(usual_claims());
    expected.audiences = {"https://kubernetes.default.svc"};
    EXPECT_TRUE(check(token, expected));
    expected.audiences = {"vault"};
    EXPECT_FALSE(check(token, expected));
    expected.audiences = {};
    expected.issuer = "https://other";
    EXPECT_FALSE(check(token, expected));
}

// What was made anew under the same name is another one.
TEST(Jwt, HoldsUidsAgainstWhatWasAsked) {
    TokenExpectation expected = usual_expectation();
    expected.account_uid = "u";
    EXPECT_TRUE(check(make_token(usual_claims()), expected));
    expected.account_uid = "other";
    EXPECT_FALSE(check(make_token(usual_claims()), expected));
    expected.account_uid.clear();
    const std::string bound = make_token(
        replaced(usual_claims(), R"("namespace")", R"("secret":{"uid":"s"},"namespace")"));
    expected.secret_uid = "s";
    EXPECT_TRUE(check(bound, expected));
    EXPECT_FALSE(check(make_token(usual_claims()), expected));
    expected.secret_uid = "other";
    EXPECT_FALSE(check(bound, expected));
}

TEST(Jwt, WhatIsShownMustBePrintable) {
    for (const char* claim : {R"("jti":"\u001b[2J")", R"("jti":"\u009b5m")", R"("iss":"a\u202eb")",
                              R"("aud":["x\u007f"])", R"("sub":"system:\n")"})
        EXPECT_FALSE(read_claims(make_token(std::string(R"({"exp":1003600,)") + claim + '}')))
            << claim;
}

} // namespace
} // namespace leasehold::lease
