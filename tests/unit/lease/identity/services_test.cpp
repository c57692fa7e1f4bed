#include "src/lease/identity/cloud_metadata.hpp"
#include "src/lease/identity/github_actions.hpp"
#include "tests/unit/lease/fake_http.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease::identity {
namespace {

class ServicesTest : public testing::Test {
protected:
    Surroundings around() { return {environment_, clock_, "/home/me", connect_}; }
    static Environment job(const std::string& url) {
        return Environment(
            {{"ACTIONS_ID_TOKEN_REQUEST_URL", url}, {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "runner"}});
    }
    static Deadline soon() { return Deadline::after(Seconds(5)); }

    void answer(int status, std::string body) {
        http::Response response;
        response.status = status;
        response.body = std::move(body);
        server_.answers.emplace_back(std::move(response));
    }

    Environment environment_;
    ManualClock clock_;
    FakeServer server_;
    Connect connect_ = [this](http::Server server, http::Budgets) {
        server_.origins.push_back(server.url.origin());
        return std::make_unique<FakeClient>(server_);
    };
};

TEST_F(ServicesTest, GithubIsAskedForTheAudience) {
    EXPECT_FALSE(can_ask_github(environment_));
    environment_ = job("https://runner.example/t?api-version=2.0");
    EXPECT_TRUE(can_ask_github(environment_));
    answer(200, R"({"value":"a.b.c"})");
    EXPECT_EQ(ask_github_for_jwt("https://k8s x", around(), soon())->reveal(), "a.b.c");
    ASSERT_EQ(server_.asked.size(), 1u);
    EXPECT_EQ(server_.asked[0].target, "/t?api-version=2.0&audience=https%3A%2F%2Fk8s%20x");
    EXPECT_EQ(server_.asked[0].bearer, "runner");
}

TEST_F(ServicesTest, GithubsAddressIsTakenAsItIs) {
    // As GitHub's own runners have it.
    environment_ = job("https://run-actions.example/24//idtoken/1a2b/3c4d?api-version=2.0");
    answer(200, R"({"count":1,"value":"a.b.c"})");
    ASSERT_TRUE(ask_github_for_jwt("k8s", around(), soon()));
    EXPECT_EQ(server_.origins.back(), "https://run-actions.example:443");
    EXPECT_EQ(server_.asked.back().target, "/24//idtoken/1a2b/3c4d?api-version=2.0&audience=k8s");
    environment_ = job("https://run-actions.example?api-version=2.0");
    answer(200, R"({"value":"a.b.c"})");
    ASSERT_TRUE(ask_github_for_jwt("k8s", around(), soon()));
    EXPECT_EQ(server_.asked.back().target, "/?api-version=2.0&audience=k8s");
}

TEST_F(ServicesTest, AnAnswerWithoutATokenIsAnError) {
    environment_ = job("https://runner.example/t?x=1");
    answer(200, "{}");
    EXPECT_EQ(ask_github_for_jwt("a", around(), soon()).error().code, ErrorCode::bad_answer);
    answer(403, "no");
    EXPECT_EQ(ask_github_for_jwt("a", around(), soon()).error().code, ErrorCode::denied);
}

TEST_F(ServicesTest, CloudsAreAskedAtTheirMetadataService) {
    answer(200, R"({"access_token":"a.b.c"})");
    EXPECT_EQ(ask_azure_for_jwt({"https://management.azure.com/", {}}, around(), soon())->reveal(),
              "a.b.c");
    answer(200, "d.e.f");
    EXPECT_EQ(ask_google_for_jwt({"aud", {}}, around(), soon())->reveal(), "d.e.f");
    EXPECT_EQ(server_.origins[0], server_.origins[1]);
}

} // namespace
} // namespace leasehold::lease::identity
