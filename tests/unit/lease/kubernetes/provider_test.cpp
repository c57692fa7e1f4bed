#include "src/lease/kubernetes/provider.hpp"
#include "tests/support/private_directory.hpp"
#include "tests/unit/lease/embedded.hpp"
#include "tests/unit/lease/fake_http.hpp"
#include "tests/unit/lease/tokens.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease {
namespace {

class KubernetesProviderTest : public testing::Test {
protected:
    void SetUp() override {
        clock_.instant.wall = 1000000;
        auto profile = parse_profile("cluster: {server: https://prod.example:6443}\n"
                                     "kubernetes: {namespace: ci, service-account: deployer, "
                                     "revocable: false}\n",
                                     "prod", "/p/prod.yaml", "/h");
        ASSERT_TRUE(profile) << profile.error().message;
        profile_ = *std::move(profile);
    }

    Result<Lease> lease() {
        const auto provider = make_kubernetes_provider(
            embedded(profile_),
            {environment_, [] { return std::optional<Secret>(Secret(std::string_view("admin"))); }},
            {{"ada", "host", "machine"}}, connector(server_), clock_);
        return provider->lease({Seconds(3600), "ci", {}}, Deadline::after(Seconds(10)));
    }

    void answer(int status, std::string body, std::vector<http::Header> headers = {}) {
        server_.answer(status, std::move(body), std::move(headers));
    }
    void answer_token() {
        answer(201, R"({"status":{"token":")" + make_token(usual_claims()) +
                        R"(","expirationTimestamp":"1970-01-12T14:46:40Z"}})");
    }

    KubernetesSettings& kubernetes_settings() {
        return std::any_cast<KubernetesSettings&>(profile_.settings);
    }

    Environment environment_;
    ManualClock clock_;
    Profile profile_;
    FakeServer server_;
};

TEST_F(KubernetesProviderTest, AsksTheProfilesServerOnceAsTheRequester) {
    answer_token();
    const auto lease = this->lease();
    ASSERT_TRUE(lease) << lease.error().message;
    EXPECT_EQ(server_.origins, std::vector<std::string>{"https://prod.example:6443"});
    ASSERT_EQ(server_.asked.size(), 1u);
    EXPECT_EQ(server_.asked[0].bearer, "admin");
    EXPECT_EQ(lease->subject, "system:serviceaccount:ci:deployer");
}

// A plugin whose kept session was revoked has another one when it is run again.
class PluginRequesterTest : public KubernetesProviderTest {
protected:
    void SetUp() override {
        const std::string plugin = directory_.write(
            "plugin",
            "#!/bin/sh\necho x >>" + directory_.path() + "/runs\n" +
                "echo "
                "'{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"t'" +
                "$(wc -l <" + directory_.path() + "/count)'\"}}'\n",
            0700);
        directory_.write(
            "config", "current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\n"
                      "clusters: [{name: c, cluster: {server: 'https://prod.example:6443'}}]\n"
                      "users: [{name: u, user: {exec: {apiVersion: "
                      "client.authentication.k8s.io/v1, command: " +
                          plugin + "}}}]\n");
        directory_.write("count", "");
        clock_.instant.wall = 1000000;
        environment_ = Environment(Environment::Variables{{"PATH", "/usr/bin:/bin"}});
        auto profile = parse_profile("cluster: {server: https://prod.example:6443}\n"
                                     "kubernetes: {namespace: ci, service-account: deployer, "
                                     "revocable: false, requester: {kubeconfig: config}}\n",
                                     "prod", directory_.path() + "/prod.yaml", "/h");
        ASSERT_TRUE(profile) << profile.error().message;
        profile_ = *std::move(profile);
    }
    // What the plugin gives counts the lines of the file "count": one more with each run.
    void change_with_each_run() {
        std::filesystem::remove(directory_.path() + "/count");
        std::filesystem::create_symlink("runs", directory_.path() + "/count");
    }

    PrivateDirectory directory_;
};

TEST_F(PluginRequesterTest, IsRunAgainAfterA401) {
    change_with_each_run();
    answer(401, "{}");
    answer_token();
    const auto lease = this->lease();
    ASSERT_TRUE(lease) << lease.error().message;
    ASSERT_EQ(server_.asked.size(), 2u);
    EXPECT_EQ(server_.asked[0].bearer, "t1");
    EXPECT_EQ(server_.asked[1].bearer, "t2");
    EXPECT_EQ(server_.origins.size(), 2u) << "the other credential went over the same connection";
}

TEST_F(PluginRequesterTest, IsRunAgainOnce) {
    change_with_each_run();
    answer(401, "{}");
    answer(401, "{}");
    const auto lease = this->lease();
    ASSERT_FALSE(lease);
    EXPECT_EQ(lease.error().code, ErrorCode::denied);
    EXPECT_EQ(server_.asked.size(), 2u);
}

TEST_F(PluginRequesterTest, TheSameCredentialIsNotTriedAgain) {
    answer(401, "{}");
    EXPECT_FALSE(lease());
    EXPECT_EQ(server_.asked.size(), 1u);
}

TEST_F(KubernetesProviderTest, AsksAgainWhenTheServerPromisesBetterTimes) {
    answer(429, "{}", {{"Retry-After", "0"}});
    answer(503, "{}", {{"Retry-After", "0"}});
    answer_token();
    EXPECT_TRUE(lease());
    EXPECT_EQ(server_.asked.size(), 3u);
}

TEST_F(KubernetesProviderTest, GivesUpAfterThreeRefusals) {
    for (int i = 0; i < 3; ++i)
        answer(429, "{}", {{"Retry-After", "0"}});
    const auto lease = this->lease();
    ASSERT_FALSE(lease);
    EXPECT_EQ(lease.error().code, ErrorCode::unreachable);
    EXPECT_EQ(server_.asked.size(), 3u);
}

TEST_F(KubernetesProviderTest, DoesNotWaitPastTheDeadline) {
    answer(429, "{}", {{"Retry-After", "60"}});
    EXPECT_FALSE(lease());
    EXPECT_EQ(server_.asked.size(), 1u);
}

// NET-13: an answer that got lost is not asked for again.
TEST_F(KubernetesProviderTest, NeverRepeatsWhatMayHaveBeenDone) {
    server_.answers.emplace_back(
        http::Failure{make_error(ErrorCode::unreachable, "reset"), http::Stage::receive, true});
    EXPECT_FALSE(lease());
    EXPECT_EQ(server_.asked.size(), 1u);
}

// Nothing says `revocable: true`: whatever keeps the record from being made, the token is had.
TEST_F(KubernetesProviderTest, ARecordThatCannotBeMadeCostsNoToken) {
    kubernetes_settings().revocable.reset();
    const std::string webhook =
        R"({"kind":"Status","message":"Internal error occurred: failed calling webhook \"w\""})";
    for (const int status : {400, 403, 404, 422, 500, 501, 503}) {
        server_ = {};
        answer(status, webhook, {{"Retry-After", "90"}});
        if (status == 500) // it may have been made all the same: looked for
            answer(200, R"({"kind":"SecretList","items":[]})");
        answer_token();
        const auto lease = this->lease();
        ASSERT_TRUE(lease) << status << lease.error().message;
        EXPECT_FALSE(lease->revocable);
        EXPECT_NE(lease->why_not_revocable.find("webhook"), std::string::npos);
    }
    kubernetes_settings().revocable = true;
    server_ = {};
    answer(422, webhook);
    EXPECT_FALSE(lease());
}

TEST_F(KubernetesProviderTest, WithoutAnAcceptedCredentialThereIsNoSecondTry) {
    kubernetes_settings().revocable.reset();
    answer(401, "{}");
    EXPECT_FALSE(lease());
    server_ = {};
    server_.answers.emplace_back(
        http::Failure{make_error(ErrorCode::unreachable, "refused"), http::Stage::connect, false});
    EXPECT_FALSE(lease());
    EXPECT_EQ(server_.asked.size(), 1u);
}

TEST_F(KubernetesProviderTest, RefusesEveryOtherAnswer) {
    for (const int status :
         {200, 204, 301, 302, 307, 400, 401, 403, 404, 409, 410, 418, 500, 502}) {
        server_ = {};
        answer(status, "{}", {{"Location", "https://evil.example/"}});
        EXPECT_FALSE(lease()) << status;
        EXPECT_EQ(server_.asked.size(), 1u) << status;
    }
}

} // namespace
} // namespace leasehold::lease
