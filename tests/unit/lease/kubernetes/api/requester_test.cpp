#include "src/lease/kubernetes/api/requester.hpp"
#include "tests/support/private_directory.hpp"
#include "tests/unit/lease/embedded.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace leasehold::lease {
namespace {

class RequesterTest : public testing::Test {
protected:
    Result<Requester> open(const std::string& requester,
                           const std::string& server = "prod.example") {
        auto profile = parse_profile("cluster: {server: 'https://" + server +
                                         "'}\nkubernetes:\n  namespace: ci\n"
                                         "  service-account: deployer\n  requester: " +
                                         requester + '\n',
                                     "prod", directory_.path() + "/prod.yaml", "/nowhere");
        if (!profile)
            return std::move(profile).error();
        RequesterEnvironment outside{environment_, [this]() -> Result<std::optional<Secret>> {
                                         if (stored_.empty())
                                             return std::optional<Secret>();
                                         return std::optional<Secret>(Secret(stored_));
                                     }};
        outside.service_account_directory = directory_.path();
        return open_requester(embedded(*profile), outside, Deadline::after(Seconds(20)));
    }

    void kubeconfig(const std::string& cluster, const std::string& user) {
        directory_.write("config", "current-context: a\n"
                                   "contexts: [{name: a, context: {cluster: c, user: u}}]\n"
                                   "clusters: [{name: c, cluster: {" +
                                       cluster +
                                       "}}]\n"
                                       "users: [{name: u, user: {" +
                                       user + "}}]\n");
    }

    PrivateDirectory directory_;
    Environment environment_;
    std::string stored_;
};

TEST_F(RequesterTest, StoredToken) {
    const auto none = open("{token: stored}");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::denied);
    EXPECT_NE(none.error().hint.find("leasehold login --profile prod"), std::string::npos);
    stored_ = "abc";
    EXPECT_EQ(open("{token: stored}")->bearer.reveal(), "abc");
}

TEST_F(RequesterTest, TokenFileMustBePrivateAndAToken) {
    directory_.write("token", "abc\n");
    EXPECT_EQ(open("{token-file: token}")->bearer.reveal(), "abc");
    directory_.write("token", "abc\n", 0644);
    ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
    EXPECT_FALSE(open("{token-file: token}"));
    directory_.write("token", "two\nlines");
    const auto refused = open("{token-file: token}");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message.find("two"), std::string::npos);
    EXPECT_FALSE(open("{token-file: missing}"));
}

// Whatever client-go would send: Rancher's tokens have a colon.
TEST_F(RequesterTest, ATokenIsWhateverAHeaderMayHold) {
    directory_.write("token", " kubeconfig-u-x7k2p:abc\n\n");
    EXPECT_EQ(open("{token-file: token}")->bearer.reveal(), "kubeconfig-u-x7k2p:abc");
    kubeconfig("server: 'https://prod.example'", "token: 'a b \u00e9'");
    EXPECT_TRUE(open("{kubeconfig: config}"));
}

TEST_F(RequesterTest, ClientCertificate) {
    directory_.write("cert", "CERT", 0644);
    directory_.write("key", "KEY");
    const auto requester = open("{client-certificate: cert, client-key: key}");
    ASSERT_TRUE(requester) << requester.error().message;
    EXPECT_EQ(requester->server.certificate->key_pem.reveal(), "KEY");
    directory_.write("key", "KEY", 0640);
    ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
    EXPECT_FALSE(open("{client-certificate: cert, client-key: key}"));
}

TEST_F(RequesterTest, ContextOfAKubeconfig) {
    kubeconfig("server: 'https://prod.example'", "token: abc, as: boss, as-groups: [g]");
    const auto requester = open("{kubeconfig: config}");
    ASSERT_TRUE(requester) << requester.error().message;
    EXPECT_EQ(requester->bearer.reveal(), "abc");
    ASSERT_EQ(requester->headers.size(), 2u);
    EXPECT_EQ(requester->headers[1].name, "Impersonate-User");
    EXPECT_EQ(requester->headers[1].value, "boss");
}

TEST_F(RequesterTest, ACertificateOfAKubeconfigStandsInItOrInFiles) {
    directory_.write("cert", "CERT", 0644);
    directory_.write("key", "KEY");
    for (const char* user : {"client-certificate-data: Q0VSVA==, client-key-data: S0VZ",
                             "client-certificate: cert, client-key: key"}) {
        kubeconfig("server: 'https://prod.example'", user);
        const auto requester = open("{kubeconfig: config}");
        ASSERT_TRUE(requester) << requester.error().message;
        ASSERT_TRUE(requester->server.certificate) << user;
        EXPECT_EQ(requester->server.certificate->certificate_pem, "CERT");
        EXPECT_EQ(requester->server.certificate->key_pem.reveal(), "KEY");
    }
}

TEST_F(RequesterTest, ExtraKeysAreEncodedAsClientGoDoes) {
    kubeconfig("server: 'https://prod.example'",
               "token: abc, as: boss, as-user-extra: {example.org/team: [a b], '50% \u00e9': [x], "
               "plain-key: [y]}");
    const auto requester = open("{kubeconfig: config}");
    ASSERT_TRUE(requester) << requester.error().message;
    ASSERT_EQ(requester->headers.size(), 4u);
    EXPECT_EQ(requester->headers[0].name, "Impersonate-Extra-50%25%20%C3%A9");
    EXPECT_EQ(requester->headers[1].name, "Impersonate-Extra-example.org%2Fteam");
    EXPECT_EQ(requester->headers[1].value, "a b");
    EXPECT_EQ(requester->headers[2].name, "Impersonate-Extra-plain-key");
    EXPECT_EQ(requester->headers[3].name, "Impersonate-User");
}

// The admin's credential goes to the profile's cluster only, and the token comes from there.
TEST_F(RequesterTest, RefusesAContextOfAnotherServer) {
    kubeconfig("server: 'https://evil.example'", "token: abc");
    const auto refused = open("{kubeconfig: config}");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::configuration);
    EXPECT_NE(refused.error().message.find("evil.example"), std::string::npos);
    kubeconfig("server: 'https://prod.example:6443'", "token: abc");
    EXPECT_FALSE(open("{kubeconfig: config}"));
    kubeconfig("server: 'https://PROD.example:443/'", "token: abc");
    EXPECT_TRUE(open("{kubeconfig: config}"));
}

TEST_F(RequesterTest, RefusesUsersItCannotBe) {
    const std::string server = "server: 'https://prod.example'";
    for (const char* user : {"", "username: u, password: p", "auth-provider: {name: oidc}",
                             "client-certificate-data: Q0VSVA==", "token: \"a\\nb\""}) {
        kubeconfig(server, user);
        EXPECT_FALSE(open("{kubeconfig: config}")) << user;
    }
}

// What it would skip for kubectl is not skipped here: the profile says whom to trust.
TEST_F(RequesterTest, AContextThatSkipsVerificationIsVerified) {
    kubeconfig("server: 'https://prod.example', insecure-skip-tls-verify: true", "token: abc");
    const auto requester = open("{kubeconfig: config}");
    ASSERT_TRUE(requester) << requester.error().message;
    EXPECT_EQ(requester->server.url.text(), "https://prod.example");
    EXPECT_EQ(requester->server.trust.ca_pem, "") << "the system's authorities, as in the profile";
}

TEST_F(RequesterTest, Gateway) {
    directory_.write("cert", "CERT", 0644);
    directory_.write("key", "KEY");
    directory_.write("gateway-ca", "GATEWAY CA", 0644);
    const std::string certificate = "client-certificate: cert, client-key: key";
    const auto requester = open("{gateway: 'https://gateway.example/prod/', " + certificate +
                                ", certificate-authority: gateway-ca}");
    ASSERT_TRUE(requester) << requester.error().message;
    EXPECT_EQ(requester->server.url.text(), "https://gateway.example/prod");
    EXPECT_EQ(requester->server.trust.ca_pem, "GATEWAY CA");
    EXPECT_EQ(requester->server.certificate->key_pem.reveal(), "KEY");
    EXPECT_TRUE(requester->bearer.empty());
    EXPECT_TRUE(requester->headers.empty());
    for (const auto& wrong : std::vector<std::string>{
             "{gateway: 'https://gateway.example'}", "{gateway: 'http://g', " + certificate + "}",
             "{gateway: 'https://g', " + certificate + ", token: stored}",
             "{gateway: 'https://u:p@g', " + certificate + "}",
             "{" + certificate + ", certificate-authority: gateway-ca}"})
        EXPECT_FALSE(open(wrong)) << wrong;
}

// The cluster's TLS name and proxy are for the cluster; the gateway goes by the environment.
TEST_F(RequesterTest, GatewayHasNothingOfTheClusters) {
    directory_.write("cert", "CERT", 0644);
    directory_.write("key", "KEY");
    environment_ = Environment({{"HTTPS_PROXY", "http://outer:1"}, {"NO_PROXY", "prod.example"}});
    const auto requester =
        open("{gateway: 'https://g.example', client-certificate: cert, client-key: key}",
             "prod.example', proxy-url: 'http://inner:1', tls-server-name: 'kubernetes");
    ASSERT_TRUE(requester) << requester.error().message;
    EXPECT_EQ(requester->server.trust.server_name, "");
    EXPECT_EQ(requester->server.trust.ca_pem, "");
    EXPECT_EQ(requester->server.proxy->origin(), "http://outer:1");
}

TEST_F(RequesterTest, ProxyOfTheProfileElseOfTheEnvironment) {
    directory_.write("token", "abc");
    EXPECT_FALSE(open("{token-file: token}")->server.proxy);
    environment_ = Environment(Environment::Variables{{"HTTPS_PROXY", "http://outer:1"}});
    EXPECT_EQ(open("{token-file: token}")->server.proxy->origin(), "http://outer:1");
    const auto own = open("{token-file: token}", "prod.example', proxy-url: 'socks5://me:pw@inner");
    ASSERT_TRUE(own) << own.error().message;
    EXPECT_EQ(own->server.proxy->origin(), "socks5://inner:1080");
    EXPECT_EQ(own->server.proxy->userinfo, "me:pw");
    environment_ = Environment(Environment::Variables{{"HTTPS_PROXY", "ftp://outer:1"}});
    EXPECT_FALSE(open("{token-file: token}"));
}

TEST_F(RequesterTest, InCluster) {
    EXPECT_FALSE(open("{in-cluster: true}"));
    environment_ =
        Environment({{"KUBERNETES_SERVICE_HOST", "fd00::1"}, {"KUBERNETES_SERVICE_PORT", "443"}});
    directory_.write("token", "pod", 0644);
    directory_.write("ca.crt", "CA", 0644);
    const auto requester = open("{in-cluster: true}");
    ASSERT_TRUE(requester) << requester.error().message;
    EXPECT_EQ(requester->server.url.origin(), "https://[fd00::1]:443");
    EXPECT_EQ(requester->server.trust.ca_pem, "CA");
    EXPECT_EQ(requester->bearer.reveal(), "pod");
}

TEST_F(RequesterTest, AsksWithTheJwtOfTheCiPlatform) {
    directory_.write("jwt", "a.b.c\n", 0644);
    const auto by_file = open("{oidc: file, oidc-file: jwt}");
    ASSERT_TRUE(by_file) << by_file.error().message;
    EXPECT_EQ(by_file->bearer.reveal(), "a.b.c");
    environment_ = Environment(Environment::Variables{{"CI_JOB_JWT", "d.e.f"}});
    const auto by_variable = open("{oidc: variable, oidc-variable: CI_JOB_JWT}");
    ASSERT_TRUE(by_variable) << by_variable.error().message;
    EXPECT_EQ(by_variable->bearer.reveal(), "d.e.f");
    EXPECT_FALSE(open("{oidc: variable, oidc-variable: NOT_SET}"));
    const auto elsewhere = open("{oidc: github, oidc-audience: k8s}");
    ASSERT_FALSE(elsewhere);
    EXPECT_NE(elsewhere.error().hint.find("id-token: write"), std::string::npos);
}

TEST_F(RequesterTest, AJwtIsOfOneSourceOnly) {
    for (const char* wrong :
         {"{oidc: file}", "{oidc: github}", "{oidc: variable, oidc-file: x, oidc-variable: Y}",
          "{oidc-audience: x}", "{oidc: magic}", "{oidc: file, oidc-file: x, token-file: y}"})
        EXPECT_FALSE(open(wrong)) << wrong;
}

} // namespace
} // namespace leasehold::lease
