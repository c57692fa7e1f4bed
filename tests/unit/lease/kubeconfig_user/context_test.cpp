#include "src/lease/kubeconfig_user/context.hpp"
#include "tests/support/private_directory.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease {
namespace {

constexpr std::string_view kubeconfig = R"(apiVersion: v1
kind: Config
current-context: admin
clusters:
- name: c
  cluster:
    server: https://prod.example:6443
    certificate-authority: ca.pem
    tls-server-name: kubernetes
    proxy-url: http://proxy:1
contexts:
- name: admin
  context: {cluster: c, user: u, namespace: web}
- name: dangling
  context: {cluster: c, user: missing}
users:
- name: u
  user:
    token: s3cret
    tokenFile: token
    client-certificate-data: Q0VSVA==
    client-key-data: S0VZ
    as: boss
    as-uid: "7"
    as-groups: [g1, g2]
    as-user-extra: {scope: [a, b]}
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: bin/plugin
      args: [get, token]
      env:
      - {name: A, value: "1"}
      provideClusterInfo: true
)";

TEST(KubeconfigContext, ReadsEveryPart) {
    const PrivateDirectory directory;
    const std::string path = directory.write("config", kubeconfig);
    const auto context = read_kubeconfig_context(path, "");
    ASSERT_TRUE(context) << context.error().message;
    EXPECT_EQ(context->name, "admin");
    EXPECT_EQ(context->namespace_, "web");
    EXPECT_EQ(context->cluster.server, "https://prod.example:6443");
    EXPECT_EQ(context->cluster.ca_file, directory.path() + "/ca.pem");
    EXPECT_EQ(context->cluster.tls_server_name, "kubernetes");
    EXPECT_EQ(context->user.token.reveal(), "s3cret");
    EXPECT_EQ(context->user.token_file, directory.path() + "/token");
    EXPECT_EQ(context->user.certificate_pem, "CERT");
    EXPECT_EQ(context->user.key_pem.reveal(), "KEY");
    EXPECT_EQ(context->user.impersonate_user, "boss");
    EXPECT_EQ(context->user.impersonate_groups, (std::vector<std::string>{"g1", "g2"}));
    EXPECT_EQ(context->user.impersonate_extra.size(), 2u);
    ASSERT_TRUE(context->user.exec);
    EXPECT_EQ(context->user.exec->command, directory.path() + "/bin/plugin");
    EXPECT_EQ(context->user.exec->arguments, (std::vector<std::string>{"get", "token"}));
    EXPECT_TRUE(context->user.exec->provide_cluster_info);
}

TEST(KubeconfigContext, SaysWhatThereIsWhenSomethingIsMissing) {
    const PrivateDirectory directory;
    const std::string path = directory.write("config", kubeconfig);
    const auto unknown = read_kubeconfig_context(path, "prod");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::configuration);
    EXPECT_NE(unknown.error().hint.find("admin, dangling"), std::string::npos)
        << unknown.error().hint;
    const auto dangling = read_kubeconfig_context(path, "dangling");
    ASSERT_TRUE(dangling);
    ASSERT_TRUE(dangling->no_user);
    EXPECT_NE(dangling->no_user->message.find("\"missing\""), std::string::npos);
    EXPECT_FALSE(read_kubeconfig_context(directory.path() + "/none", ""));
    EXPECT_FALSE(read_kubeconfig_context(directory.write("empty", ""), ""));
    EXPECT_FALSE(read_kubeconfig_context(directory.write("list", "- a\n"), ""));
}

TEST(KubeconfigContext, NothingAndNullAreTheSame) {
    const PrivateDirectory directory;
    const std::string path = directory.write("config", R"(
clusters: [{name: c, cluster: {server: "https://a", insecure-skip-tls-verify: Yes}}]
contexts:
- {name: a, context: {cluster: c, user: u}}
- {name: b, context: {cluster: c, user: empty}}
- {name: c, context: {cluster: c}}
users:
- name: u
  user: {token: t, exec: null, auth-provider: null, username: "", client-key-data: null}
- {name: empty, user: null}
)");
    const auto user = read_kubeconfig_context(path, "a");
    ASSERT_TRUE(user) << user.error().message;
    EXPECT_FALSE(user->user.unsupported);
    EXPECT_FALSE(user->user.exec);
    EXPECT_TRUE(user->cluster.insecure_skip_tls_verify);
    EXPECT_FALSE(read_kubeconfig_context(path, "b")->no_user);
    EXPECT_TRUE(read_kubeconfig_context(path, "c")->no_user);
}

TEST(KubeconfigContext, MergesAListAsClientGoDoes) {
    const PrivateDirectory directory;
    const std::string one = directory.write("one", R"(
clusters: [{name: c, cluster: {server: "https://one", certificate-authority: ca}}]
users: [{name: u, user: {token: one}}]
)");
    const std::string two = directory.write("two", R"(
current-context: x
clusters: [{name: c, cluster: {server: "https://two", proxy-url: "http://two"}}]
users: [{name: v, user: {token: two}}]
contexts:
- {name: x, context: {cluster: c, user: u}}
- {name: y, context: {cluster: c, user: v}}
)");
    const std::string bad = directory.write("bad", "{{{");
    const std::string none = directory.path() + "/none";
    const auto x = read_kubeconfig_context(std::vector{none, bad, one, two}, "");
    ASSERT_TRUE(x) << x.error().message;
    EXPECT_EQ(x->cluster.server, "https://one");
    EXPECT_EQ(x->cluster.ca_file, directory.path() + "/ca");
    EXPECT_EQ(x->cluster.proxy_url, "");
    EXPECT_EQ(x->user.token.reveal(), "one");
    EXPECT_EQ(x->file, one + ':' + two);
    EXPECT_EQ(read_kubeconfig_context(x->file, "x")->user.token.reveal(), "one");
    EXPECT_EQ(read_kubeconfig_context(std::vector{two, one}, "y")->file, two);
    // What is not found may be in the file that cannot be read.
    const auto missing = read_kubeconfig_context(std::vector{one, bad}, "z");
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().message.find(bad), std::string::npos) << missing.error().message;
    EXPECT_FALSE(read_kubeconfig_context(std::vector{none}, "z"));
}

} // namespace
} // namespace leasehold::lease
