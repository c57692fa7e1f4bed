#include "src/lease/profile/profile.hpp"
#include "tests/support/private_directory.hpp"
#include "tests/unit/lease/embedded.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease {
namespace {

constexpr std::string_view minimal = "cluster:\n"
                                     "  server: https://prod.example:6443\n"
                                     "kubernetes:\n"
                                     "  namespace: ci\n"
                                     "  service-account: deployer\n";

Result<Profile> parse(std::string_view text) {
    return parse_profile(text, "prod", "/etc/p/prod.yaml", "/home/me");
}

TEST(Profile, HasDefaults) {
    const auto profile = parse(minimal);
    ASSERT_TRUE(profile) << profile.error().message;
    EXPECT_EQ(profile->cluster.server.origin(), "https://prod.example:6443");
    EXPECT_EQ(profile->provider(), "kubernetes");
    EXPECT_EQ(profile->ttl, Seconds(3600));
    EXPECT_EQ(profile->max_ttl, Seconds(8 * 3600));
    EXPECT_EQ(profile->deadline, Seconds(30));
    EXPECT_EQ(profile->stores,
              (std::vector<std::string>{"kernel-keyring", "secret-service", "memory"}));
    EXPECT_EQ(kubernetes_of(*profile).requester.kind, RequesterSettings::Kind::stored_token);
    EXPECT_EQ(profile->origins.at("kubernetes.namespace"), "line 4");
    EXPECT_FALSE(profile->origins.contains("ttl"));
}

TEST(Profile, ReadsEverything) {
    const auto profile = parse("# comment\n"
                               "cluster:\n"
                               "  server: https://prod.example\n"
                               "  certificate-authority: ca.pem\n"
                               "  tls-server-name: kubernetes\n"
                               "  proxy-url: http://proxy:3128\n"
                               "provider: kubernetes\n"
                               "ttl: 2h\n"
                               "max-ttl: 4h\n"
                               "deadline: 10s\n"
                               "stores: [file]\n"
                               "recheck: 5m\n"
                               "require-cluster-info: true\n"
                               "kubernetes:\n"
                               "  credential: static\n"
                               "  namespace: ci\n"
                               "  service-account: deployer\n"
                               "  audiences: [a, b]\n"
                               "  requester:\n"
                               "    kubeconfig: ~/.kube/admin.yaml\n"
                               "    context: admin@prod\n");
    ASSERT_TRUE(profile) << profile.error().message;
    EXPECT_EQ(profile->cluster.ca_file, "/etc/p/ca.pem");
    EXPECT_EQ(profile->cluster.proxy->port, 3128);
    EXPECT_EQ(profile->recheck, Seconds(300));
    EXPECT_EQ(profile->require_cluster_info, ClusterInfo::required);
    EXPECT_EQ(kubernetes_of(*profile).requester.kubeconfig, "/home/me/.kube/admin.yaml");
    EXPECT_EQ(kubernetes_of(*profile).requester.context, "admin@prod");
}

TEST(Profile, RechecksEachMinuteUnlessToldOtherwise) {
    const std::string head(minimal);
    EXPECT_EQ(parse(head)->recheck, Seconds(60));
    EXPECT_EQ(parse(head + "recheck: off\n")->recheck, Seconds(0));
    EXPECT_EQ(parse(head + "recheck: 10s\n")->recheck, Seconds(10));
}

struct Bad {
    std::string_view text;
    std::string_view position; // expected in the message
    std::string_view words;
};

TEST(Profile, NamesLineAndColumnOfEveryMistake) {
    const std::string head(minimal);
    const Bad cases[] = {
        {"", "", "cluster.server"},
        {"- a\n", ":1:1:", "mapping"},
        {"cluster: [\n", "", ""},
        {"cluster:\n  server: http://a.b\n", ":2:11:", "scheme"},
        {"cluster:\n  server: https://a.b\n  sever: x\n", ":3:3:", "unknown key"},
    };
    for (const Bad& test : cases) {
        const auto profile = parse(test.text);
        ASSERT_FALSE(profile) << test.text;
        EXPECT_EQ(profile.error().code, ErrorCode::configuration);
        EXPECT_NE(profile.error().message.find(test.position), std::string::npos)
            << profile.error().message;
        EXPECT_NE(profile.error().message.find(test.words), std::string::npos)
            << profile.error().message;
    }
    const Bad tails[] = {
        {"tll: 1h\n", ":6:1:", "unknown key"},
        {"ttl: 1h\nttl: 2h\n", ":7:1", ""},
        {"ttl: [1h]\n", ":6:6:", "duration"},
        {"ttl: 5m\n", ":6:6:", "too short"},
        {"ttl: 9h\nmax-ttl: 8h\n", ":6:6:", "max-ttl"},
        {"ttl: soon\n", ":6:6:", "duration"},
        {"deadline: 3m\n", ":6:11:", "deadline"},
        {"recheck: 4s\n", ":6:10:", "between 5s and 24h, or off"},
        {"recheck: 25h\n", ":6:10:", "between 5s and 24h, or off"},
        {"recheck: never\n", ":6:10:", "recheck"},
        {"deadline: 0s\n", ":6:11:", "duration"},
        {"stores: kernel-keyring\n", ":6:9:", "list"},
        {"stores: [keychain]\n", ":6:9:", "unknown store"},
        {"stores: [none, file]\n", ":6:9:", "none"},
        {"require-cluster-info: maybe\n", ":6:23:", "true or false"},
        {"require-cluster-info: \"true\"\n", ":6:23:", "true or false"},
        {"provider: infernal\n", ":6:11:", "unknown provider"},
        {"x: &a 1\n", "", ""},
        {"kubernetes:\n", "", ""},
        {"\ttab: 1\n", "", ""},
    };
    for (const Bad& test : tails) {
        const auto profile = parse(head + std::string(test.text));
        ASSERT_FALSE(profile) << test.text;
        EXPECT_NE(profile.error().message.find("/etc/p/prod.yaml"), std::string::npos)
            << profile.error().message;
        EXPECT_NE(profile.error().message.find(test.position), std::string::npos)
            << test.text << profile.error().message;
        EXPECT_NE(profile.error().message.find(test.words), std::string::npos)
            << test.text << profile.error().message;
    }
}

TEST(Profile, RefusesNamesAndRequestersThatCannotBe) {
    const auto with = [](std::string_view kubernetes) {
        return parse("cluster:\n  server: https://a.b\nkubernetes:\n" + std::string(kubernetes));
    };
    for (const char* text : {
             "  namespace: CI\n  service-account: d\n",
             "  namespace: ci/../x\n  service-account: d\n",
             "  namespace: ci\n  service-account: a/b\n",
             "  namespace: ci\n",
             "  service-account: d\n",
             "  namespace: ci\n  service-account: d\n  credential: magic\n",
             "  namespace: ci\n  service-account: d\n  requester: {token: eyJhbGciOi}\n",
             "  namespace: ci\n  service-account: d\n  requester: {kubeconfig: a, in-cluster: "
             "true}\n",
             "  namespace: ci\n  service-account: d\n  requester: {client-certificate: a}\n",
             "  namespace: ci\n  service-account: d\n  requester: {context: a}\n",
             "  namespace: ci\n  service-account: d\n  audiences: [\"\"]\n",
         })
        EXPECT_FALSE(with(text)) << text;
}

TEST(Profile, SiblingsAreOtherProfiles) {
    const auto with = [](const std::string& siblings) {
        return parse(std::string(minimal) + "require-cluster-info: true\nsiblings: [" + siblings +
                     "]\n");
    };
    const auto profile = with("stage, test");
    ASSERT_TRUE(profile) << profile.error().message;
    EXPECT_EQ(profile->siblings, (std::vector<std::string>{"stage", "test"}));
    for (const char* wrong : {"prod", "stage, prod", "../stage", "''"}) {
        const auto refused = with(wrong);
        ASSERT_FALSE(refused) << wrong;
        EXPECT_NE(refused.error().message.find("is no other profile's name"), std::string::npos)
            << refused.error().message;
    }
}

TEST(Profile, OneThatIsMissedIsToldWithThoseThatAreThere) {
    const PrivateDirectory directory;
    const auto hint = [&] {
        const auto missed = load_profile(directory.path(), "prd", "/home/me");
        EXPECT_FALSE(missed);
        return missed ? "" : missed.error().hint;
    };
    EXPECT_NE(hint().find("leasehold setup prd"), std::string::npos) << hint();
    directory.write("prod.yaml", std::string(minimal), 0600);
    directory.write("dev.yaml", std::string(minimal), 0600);
    EXPECT_EQ(hint(), "profiles in " + directory.path() + ": dev, prod");
}

TEST(Profile, DoesNotEchoATokenThatWasPutIntoIt) {
    const auto profile =
        parse(std::string(minimal) + "  requester: {token: eyJhbGciOiJSUzI1NiJ9}\n");
    ASSERT_FALSE(profile);
    EXPECT_EQ(profile.error().message.find("eyJ"), std::string::npos) << profile.error().message;
}

} // namespace
} // namespace leasehold::lease
