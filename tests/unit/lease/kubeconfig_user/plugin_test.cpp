#include "src/base/base64.hpp"
#include "src/base/files.hpp"
#include "src/lease/kubeconfig_user/plugin.hpp"
#include "tests/support/private_directory.hpp"

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
        {"true", ErrorCode::bad_answer, "printed no ExecCredential"},
        {"echo 'see the log' >&2", ErrorCode::bad_answer, "; it says: see the log"},
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

TEST_F(ExecPluginTest, ShowsAllOfSeveralLines) {
    const auto credential =
        run("printf 'Traceback:\\n  \\033[1mfile\\nsession expired: run sso login\\n' >&2; exit 1");
    ASSERT_FALSE(credential);
    EXPECT_NE(credential.error().hint.find("it says: Traceback:\nit says:   \\x1b[1mfile\n"
                                           "it says: session expired: run sso login\n"),
              std::string::npos)
        << credential.error().hint;
}

TEST_F(ExecPluginTest, SaysHowToInstallWhatIsNotThere) {
    ExecPlugin plugin;
    plugin.command = "no-such-plugin";
    plugin.api_version = v1;
    plugin.install_hint = "Install it with:\n\n  sso install\x1b[2J\n";
    const auto missing = [&] {
        return run_exec_plugin(plugin, {}, "prod",
                               Environment(Environment::Variables{{"PATH", "/usr/bin"}}),
                               Deadline::after(Seconds(20)))
            .error();
    };
    EXPECT_EQ(missing().code, ErrorCode::configuration);
    EXPECT_EQ(missing().hint, "Install it with:\n  sso install\\x1b[2J");
    plugin.command = "/nonexistent/plugin";
    EXPECT_EQ(missing().hint, "Install it with:\n  sso install\\x1b[2J");
    plugin.install_hint.clear();
    EXPECT_NE(missing().hint.find("'command'"), std::string::npos);
}

// clusters[].cluster.extensions, for plugins that must know more of the cluster.
TEST_F(ExecPluginTest, PassesTheClustersOwnConfiguration) {
    const std::string path = directory_.write("config", R"(current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters:
- name: c
  cluster:
    server: https://prod.example
    extensions:
    - {name: other, extension: {x: 1}}
    - name: client.authentication.k8s.io/exec
      extension: {audience: 06e3fbd18de8, n: 7, text: "7", on: true, list: [1.5, null], none: }
users:
- name: u
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: x, provideClusterInfo: true}
)");
    auto context = read_kubeconfig_context(path, "");
    ASSERT_TRUE(context) << context.error().message;
    ExecPlugin plugin = *context->user.exec;
    plugin.command = directory_.write(
        "plugin",
        "#!/bin/sh\nprintf %s \"$KUBERNETES_EXEC_INFO\" >" + directory_.path() + "/info\n", 0700);
    (void)run_exec_plugin(plugin, *context, "prod", Environment(), Deadline::after(Seconds(20)));
    EXPECT_NE(read_file(directory_.path() + "/info", {}, "info")
                  ->find(R"("config":{"audience":"06e3fbd18de8","n":7,"text":"7","on":true,)"
                         R"("list":[1.5E0,null],"none":null})"),
              std::string::npos);
}

TEST(ExecCredential, IsReadAsClientGoReadsIt) {
    const char* printed[] = {
        R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{},"status":
            {"token":"t","clientCertificateData":"","clientKeyData":"","expirationTimestamp":null}})",
        "apiVersion: client.authentication.k8s.io/v1\nkind: ExecCredential\nstatus:\n  token: t\n",
        "---\napiVersion: 'client.authentication.k8s.io/v1'\nstatus: {token: \"t\"}\n"};
    for (const char* output : printed) {
        const auto credential = read_exec_credential(output, v1);
        ASSERT_TRUE(credential) << output << credential.error().message;
        EXPECT_EQ(credential->token.reveal(), "t");
        EXPECT_FALSE(credential->certificate);
    }
    const auto pair = read_exec_credential("apiVersion: client.authentication.k8s.io/v1\nstatus:\n"
                                           "  clientKeyData: |\n    KEY\n"
                                           "  clientCertificateData: CERT\n",
                                           v1);
    ASSERT_TRUE(pair) << pair.error().message;
    EXPECT_EQ(pair->certificate->key_pem.reveal(), "KEY\n");
    EXPECT_FALSE(read_exec_credential(R"({"apiVersion":"client.authentication.k8s.io/v1","status":
        {"token":"","clientCertificateData":"","clientKeyData":""}})",
                                      v1));
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
