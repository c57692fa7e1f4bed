#include "src/base/base64.hpp"
#include "src/lease/kubeconfig_user/plugin.hpp"
#include "tests/unit/lease/private_directory.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease {
namespace {

constexpr std::string_view v1 = "client.authentication.k8s.io/v1";

class ExecPluginTest : public testing::Test {
protected:
    Result<PluginCredential> run(const std::string& script, Milliseconds limit = Seconds(20)) {
        ExecPlugin plugin;
        plugin.command = directory_.write("plugin", "#!/bin/sh\n" + script, 0700);
        plugin.arguments = {"one two"};
        plugin.environment = {{"EXTRA", "e"}};
        plugin.api_version = v1;
        plugin.provide_cluster_info = true;
        KubeconfigContext context;
        context.cluster.server = "https://prod.example:6443";
        const Environment environment({{"PATH", "/usr/bin:/bin"}, {"HERITAGE", "h"}});
        return run_exec_plugin(plugin, context, "prod", environment, Deadline::after(limit));
    }

    PrivateDirectory directory_;
};

TEST_F(ExecPluginTest, PassesWhatClientGoPasses) {
    const auto credential = run(R"sh(
words=$(printf '%s|%s|%s|%s' "$1" "$EXTRA" "$HERITAGE" "$LEASEHOLD_PROFILE_CHAIN" | base64 -w0)
case $KUBERNETES_EXEC_INFO in *'"server":"https://prod.example:6443"'*) info=cluster ;; esac
echo '{"apiVersion":"client.authentication.k8s.io/v1","status":{"token":"'$words.$info'"}}'
)sh");
    ASSERT_TRUE(credential) << credential.error().message;
    const std::string token(credential->token.reveal());
    EXPECT_EQ(token, base64_encode("one two|e|h|prod") + ".cluster");
}

TEST_F(ExecPluginTest, TellsFailuresApart) {
    struct Case {
        const char* script;
        ErrorCode code;
        const char* words;
    };
    const Case cases[] = {
        {"echo 'login needed' >&2; exit 7", ErrorCode::denied,
         "exit code 7; it says: login needed"},
        {"echo nonsense", ErrorCode::bad_answer, "JSON"},
        {"true", ErrorCode::bad_answer, "JSON"},
        {"kill -9 $$", ErrorCode::denied, "signal 9"},
        {R"(echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"t"}}')",
         ErrorCode::bad_answer, "apiVersion"},
        {R"(echo '{"apiVersion":"client.authentication.k8s.io/v1","status":{}}')",
         ErrorCode::bad_answer, "without"},
        {R"(echo '{"apiVersion":"client.authentication.k8s.io/v1","status":{"clientKeyData":"k"}}')",
         ErrorCode::bad_answer, "both"}};
    for (const Case& test : cases) {
        const auto credential = run(test.script);
        ASSERT_FALSE(credential) << test.script;
        EXPECT_EQ(credential.error().code, test.code) << credential.error().message;
        EXPECT_NE(credential.error().message.find(test.words), std::string::npos)
            << credential.error().message;
    }
}

TEST_F(ExecPluginTest, EndsAPluginThatHangs) {
    const auto credential = run("sleep 60", Milliseconds(200));
    ASSERT_FALSE(credential);
    EXPECT_EQ(credential.error().code, ErrorCode::timed_out);
}

TEST(ProfileChain, FindsLoops) {
    const auto chain = [](const char* value) {
        return Environment({{std::string(chain_variable), value}});
    };
    EXPECT_TRUE(check_no_loop(Environment(), "prod"));
    EXPECT_TRUE(check_no_loop(chain("other:prod2"), "prod"));
    EXPECT_FALSE(check_no_loop(chain("prod"), "prod"));
    EXPECT_FALSE(check_no_loop(chain("a:prod:b"), "prod"));
}

} // namespace
} // namespace leasehold::lease
