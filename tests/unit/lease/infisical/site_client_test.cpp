#include "src/lease/infisical/site_client.hpp"
#include "src/lease/infisical/wire/requests.hpp"
#include "tests/unit/lease/infisical/site.hpp"

namespace leasehold::lease::infisical {
namespace {

class SiteClientTest : public SiteTest {
protected:
    Result<Answer> ask(Repeat repeat = Repeat::changes) {
        const Outside around = outside();
        SiteClient client(settings_, around);
        return client.ask(create_lease_request(settings_, "3600s", ""), "lease", repeat, soon());
    }
    std::vector<std::string> targets() const {
        std::vector<std::string> all;
        for (const Asked& asked : server_.asked)
            all.push_back(asked.target);
        return all;
    }
};

const std::string login_path = "/v1/auth/universal-auth/login";
const std::string lease_path = "/v1/dynamic-secrets/leases";
const std::string renew_path = "/v1/auth/token/renew";
using Targets = std::vector<std::string>;

TEST_F(SiteClientTest, LogsInOnceOnTheSameConnection) {
    answer_login();
    answer(200, "{}");
    ASSERT_TRUE(ask());
    EXPECT_EQ(targets(), (Targets{login_path, lease_path}));
    EXPECT_EQ(server_.origins.size(), 1u);
    EXPECT_EQ(server_.asked[0].body, R"({"clientId":"robot","clientSecret":"client-secret"})");
    EXPECT_EQ(server_.asked[0].bearer, "");
    EXPECT_EQ(server_.asked[1].bearer, "access");
    ASSERT_TRUE(sessions_.kept);
    EXPECT_EQ(sessions_.kept->token.reveal(), "access");
}

TEST_F(SiteClientTest, AKeptSessionServes) {
    keep(999000, 999000);
    answer(200, "{}");
    ASSERT_TRUE(ask());
    EXPECT_EQ(targets(), Targets{lease_path});
    EXPECT_EQ(server_.asked[0].bearer, "kept");
}

TEST_F(SiteClientTest, OneThatHasEndedDoesNot) {
    keep(990000, 990000);
    answer_login();
    answer(200, "{}");
    ASSERT_TRUE(ask());
    EXPECT_EQ(targets(), (Targets{login_path, lease_path}));
}

TEST_F(SiteClientTest, ARenewalBringsAnotherToken) {
    keep(996900, 996900);
    answer_login("renewed");
    answer(200, "{}");
    ASSERT_TRUE(ask());
    EXPECT_EQ(targets(), (Targets{renew_path, lease_path}));
    EXPECT_EQ(server_.asked[1].bearer, "renewed");
    EXPECT_EQ(sessions_.kept->created, 996900);
    EXPECT_EQ(sessions_.kept->issued, 1000000);
}

TEST_F(SiteClientTest, ARenewalThatFailsIsALogin) {
    keep(996900, 996900);
    answer(401, refusal("max TTL", "UnauthorizedError"));
    answer_login();
    answer(200, "{}");
    ASSERT_TRUE(ask());
    EXPECT_EQ(targets(), (Targets{renew_path, login_path, lease_path}));
}

TEST_F(SiteClientTest, ARefusedSessionIsReplacedOnce) {
    for (const auto& [status, kind] :
         {std::pair<int, std::string>{401, "UnauthorizedError"}, {403, "TokenError"}}) {
        server_ = {};
        keep(999000, 999000);
        answer(status, refusal("no", kind));
        answer_login();
        answer(status, refusal("no", kind));
        EXPECT_FALSE(ask());
        EXPECT_EQ(targets(), (Targets{lease_path, login_path, lease_path}));
    }
}

TEST_F(SiteClientTest, ADeniedPermissionIsNot) {
    keep(999000, 999000);
    answer(403, refusal("no", "PermissionDenied"));
    EXPECT_FALSE(ask());
    EXPECT_EQ(targets(), Targets{lease_path});
    EXPECT_EQ(sessions_.forgotten, 0);
}

TEST_F(SiteClientTest, AFailedLoginIsRememberedAndNotRepeated) {
    answer(401, refusal("Invalid credentials", "UnauthorizedError"));
    EXPECT_FALSE(ask());
    const auto again = ask();
    ASSERT_FALSE(again);
    EXPECT_EQ(server_.asked.size(), 1u);
    EXPECT_NE(again.error().message.find("Invalid credentials"), std::string::npos);
    // Another secret is another try.
    environment_ = Environment{{{"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", "right"}}};
    answer_login();
    answer(200, "{}");
    EXPECT_TRUE(ask());
}

TEST_F(SiteClientTest, ALoginThatGotNowhereIsNotRemembered) {
    answer(500, refusal("Something went wrong", "InternalServerError"));
    EXPECT_FALSE(ask());
    EXPECT_TRUE(sessions_.refusals.empty());
}

TEST_F(SiteClientTest, WhatMayHaveBeenDoneIsNotAskedForAgain) {
    for (const int status : {500, 502, 503, 504}) {
        server_ = {};
        keep(999000, 999000);
        answer(status, "<html>");
        EXPECT_FALSE(ask());
        EXPECT_EQ(server_.asked.size(), 1u) << status;
    }
    server_ = {};
    server_.answers.emplace_back(
        http::Failure{make_error(ErrorCode::timed_out, "slow"), http::Stage::receive, true});
    EXPECT_FALSE(ask());
    EXPECT_EQ(server_.asked.size(), 1u);
}

TEST_F(SiteClientTest, AConnectionThatWasNotMadeIsTriedThreeTimes) {
    keep(999000, 999000);
    for (int i = 0; i < 3; ++i)
        server_.answers.emplace_back(
            http::Failure{make_error(ErrorCode::unreachable, "no"), http::Stage::connect, false});
    EXPECT_FALSE(ask());
    EXPECT_EQ(server_.asked.size(), 3u);
}

TEST_F(SiteClientTest, TheRateLimitIsHonoured) {
    keep(999000, 999000);
    answer(429, refusal("x", "RateLimitExceeded"), {{"Retry-After", "0"}});
    answer(200, "{}");
    EXPECT_TRUE(ask());
    server_ = {};
    answer(429, refusal("x", "RateLimitExceeded"), {{"Retry-After", "60"}});
    const auto late = ask();
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::unreachable);
    EXPECT_EQ(server_.asked.size(), 1u);
}

TEST_F(SiteClientTest, ATokenThatIsGivenIsNotExchanged) {
    settings_.auth.method = AuthMethod::token;
    environment_ = Environment{{{"INFISICAL_TOKEN", "given"}}};
    answer(401, refusal("no", "UnauthorizedError"));
    EXPECT_FALSE(ask());
    EXPECT_EQ(targets(), Targets{lease_path});
    EXPECT_EQ(server_.asked[0].bearer, "given");
    EXPECT_FALSE(sessions_.kept);
}

TEST_F(SiteClientTest, BothNamesOfASubOrganisationAreSent) {
    settings_.organization_slug = "branch";
    answer_login();
    answer(200, "{}");
    ASSERT_TRUE(ask());
    EXPECT_NE(
        server_.asked[0].body.find(R"("organizationSlug":"branch","subOrganizationName":"branch")"),
        std::string::npos);
}

TEST(InfisicalHeaders, AreReadAndNeverReplaceOurs) {
    const auto headers = parse_custom_headers(R"(A=1  B-C="two words" D='x=y' E=)");
    ASSERT_TRUE(headers);
    ASSERT_EQ(headers->size(), 4u);
    EXPECT_EQ((*headers)[1].value, "two words");
    EXPECT_EQ((*headers)[2].value, "x=y");
    EXPECT_EQ((*headers)[3].value, "");
    for (const char* text : {"Authorization=x", "user-agent=x", "ACCEPT=x", "Host=x", "A", "A B=1",
                             "A=\"1", "=1", "Transfer-Encoding=chunked"})
        EXPECT_FALSE(parse_custom_headers(text)) << text;
}

} // namespace
} // namespace leasehold::lease::infisical
