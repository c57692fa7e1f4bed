#include "src/lease/exec/plugin/asker.hpp"
#include "src/lease/exec/provider.hpp"
#include "src/lease/exec/settings/known_plugins.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace leasehold::lease::exec {
namespace {

constexpr UnixTime now = 1'800'000'000; // 2027-01-15T08:00:00Z

Result<Lease> read(std::string_view token, std::optional<std::string> expiration) {
    PluginCredential credential{Secret(token), std::nullopt, std::move(expiration)};
    return exec::read_lease(std::move(credential), Seconds(300), now - 5, now);
}

TEST(ExecLease, EndsWhenTheAnswerSays) {
    const auto lease = read("t", "2027-01-15T09:00:00.5+00:00");
    ASSERT_TRUE(lease) << lease.error().message;
    EXPECT_EQ(lease->expires, now + 3600);
    EXPECT_EQ(lease->issued, now - 5);
    EXPECT_EQ(lease->life, Seconds(3605));
    EXPECT_TRUE(lease->id.starts_with("exec-"));
    EXPECT_FALSE(lease->revocable);
}

TEST(ExecLease, WithoutAnEndLastsForTheTtl) {
    EXPECT_EQ(read("t", std::nullopt)->expires, now + 300);
}

TEST(ExecLease, AJwtsOwnEndAndSubjectCount) {
    // {"sub":"ada","exp":1800000060}
    const auto lease =
        read("e30.eyJzdWIiOiJhZGEiLCJleHAiOjE4MDAwMDAwNjB9.c2ln", "2027-01-15T09:00:00Z");
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease->expires, now + 60);
    EXPECT_EQ(lease->subject, "ada");
}

TEST(ExecLease, WhatHasEndedOrMakesNoSenseIsRefused) {
    for (const char* end : {"2027-01-15T08:00:00Z", "2020-01-01T00:00:00Z", "", "tomorrow",
                            "2027-01-15 09:00:00", "1800003600"}) {
        const auto lease = read("t", end);
        ASSERT_FALSE(lease) << end;
        EXPECT_EQ(lease.error().code, ErrorCode::bad_answer);
    }
    EXPECT_FALSE(read("two\nlines", std::nullopt));
    EXPECT_FALSE(read(std::string(50'000, 'x'), std::nullopt));
}

TEST(ExecLease, APairIsNoLongerThanStoresKeep) {
    const auto refusal = [](std::size_t size) {
        PluginCredential credential;
        credential.certificate = {std::string(size - 1000, 'c'), Secret(std::string(1000, 'k'))};
        const auto lease = exec::read_lease(std::move(credential), Seconds(300), now - 5, now);
        return lease ? "none" : lease.error().message;
    };
    EXPECT_EQ(refusal(48 * 1024),
              "answered with a clientCertificateData that is no PEM certificate");
    EXPECT_EQ(refusal(48 * 1024 + 1), "answered with a certificate that is too long");
}

ExecSettings settings_of(std::string command, std::vector<std::string> arguments = {}) {
    ExecSettings settings;
    settings.command = std::move(command);
    settings.arguments = std::move(arguments);
    return settings;
}

bool holds(const std::vector<std::string>& texts, std::string_view text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

TEST(KnownPlugins, AreToldByNameAndArguments) {
    EXPECT_EQ(known_plugin(settings_of("/opt/bin/aws", {"eks", "get-token"})), "aws");
    EXPECT_EQ(known_plugin(settings_of("/x/kubelogin", {"get-token", "--server-id", "1"})),
              "kubelogin (Azure)");
    EXPECT_EQ(known_plugin(settings_of("/x/kubelogin", {"get-token", "--oidc-issuer-url=x"})),
              "kubelogin (OIDC)");
    EXPECT_EQ(known_plugin(settings_of("/x/kubectl", {"oidc-login", "get-token"})),
              "kubelogin (OIDC)");
    EXPECT_EQ(known_plugin(settings_of("/x/kubectl", {"get", "pods"})), "");
    EXPECT_EQ(known_plugin(settings_of("/x/mine")), "");
}

TEST(KnownPlugins, DependOnWhatTheyRead) {
    const Environment environment(Environment::Variables{{"AWS_CONFIG_FILE", "~/elsewhere"}});
    ExecSettings settings = settings_of("/x/aws");
    settings.environment = {"AWS_PROFILE=prod"};
    settings.depends_on = {"MY_TENANT", "/etc/tenant"};
    const Dependencies found = find_dependencies(settings, environment, "/home/ada");
    EXPECT_EQ(found.files, (std::vector<std::string>{"/home/ada/elsewhere",
                                                     "/home/ada/.aws/credentials", "/etc/tenant"}));
    EXPECT_TRUE(holds(found.variables, "AWS_REGION"));
    EXPECT_TRUE(holds(found.variables, "MY_TENANT"));
    EXPECT_FALSE(holds(found.variables, "AWS_PROFILE")) << "the profile sets it";
    const Dependencies unknown =
        find_dependencies(settings_of("/x/mine"), environment, "/home/ada");
    EXPECT_TRUE(holds(unknown.variables, "AWS_PROFILE"));
    EXPECT_TRUE(holds(unknown.variables, "CLOUDSDK_CONFIG"));
    EXPECT_TRUE(unknown.files.empty());
}

TEST(ExecAsker, ArgumentsAreToldApartButNotShown) {
    const Environment environment(Environment::Variables{{"AWS_PROFILE", "prod"}});
    const identity::AskerSurroundings around{environment, "/nowhere", "key", {}};
    const auto fields = [&](const ExecSettings& settings) {
        std::string text;
        for (const auto& [name, value] : asker_of(settings, around).identity)
            text += name + '=' + value + '\n';
        return text;
    };
    const std::string one = fields(settings_of("/x/mine", {"--password=hunter2"}));
    EXPECT_EQ(one.find("hunter2"), std::string::npos);
    EXPECT_EQ(one, fields(settings_of("/x/mine", {"--password=hunter2"})));
    EXPECT_NE(one, fields(settings_of("/x/mine", {"--password=hunter3"})));
    EXPECT_NE(one, fields(settings_of("/x/mine", {"--password", "hunter2"})));
}

TEST(ExecAsker, ThePluginGetsWhatItNeeds) {
    const Environment environment(Environment::Variables{
        {"AWS_PROFILE", "prod"}, {"SECRET", "x"}, {"MY_TENANT", "a"}, {"LET", "b"}});
    ExecSettings settings = settings_of("/x/mine");
    settings.environment = {"AWS_PROFILE=own"};
    settings.depends_on = {"MY_TENANT"};
    const Environment theirs = environment_for(settings, environment, {"LET"});
    EXPECT_EQ(theirs.value("AWS_PROFILE"), "own");
    EXPECT_EQ(theirs.value("MY_TENANT"), "a");
    EXPECT_EQ(theirs.value("LET"), "b");
    EXPECT_FALSE(theirs.get("SECRET"));
}

TEST(ExecSettings, WhatIsNamedLikeASecretIsNotShown) {
    EXPECT_EQ(without_secret("--oidc-client-secret=x"), "--oidc-client-secret=(not shown)");
    EXPECT_EQ(without_secret("MY_TOKEN=x"), "MY_TOKEN=(not shown)");
    EXPECT_EQ(without_secret("--token-cache-dir=/x"), "--token-cache-dir=/x");
    EXPECT_EQ(without_secret("--cluster-name=prod"), "--cluster-name=prod");
}

} // namespace
} // namespace leasehold::lease::exec
