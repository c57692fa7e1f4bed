#include "src/lease/kubeconfig_user/context.hpp"
#include "tests/unit/lease/private_directory.hpp"

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
    EXPECT_FALSE(read_kubeconfig_context(path, "dangling"));
    EXPECT_FALSE(read_kubeconfig_context(directory.path() + "/none", ""));
    EXPECT_FALSE(read_kubeconfig_context(directory.write("empty", ""), ""));
    EXPECT_FALSE(read_kubeconfig_context(directory.write("list", "- a\n"), ""));
}

} // namespace
} // namespace leasehold::lease
