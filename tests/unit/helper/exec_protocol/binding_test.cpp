#include "helper/exec_protocol/binding.hpp"
#include "tests/support/private_directory.hpp"

#include <gtest/gtest.h>

namespace leasehold::helper {
namespace {

constexpr std::string_view pem = "-----BEGIN CERTIFICATE-----\nAAAA\nBBBB\n"
                                 "-----END CERTIFICATE-----\n";

constexpr std::string_view other = "-----BEGIN CERTIFICATE-----\nCCCC\n"
                                   "-----END CERTIFICATE-----\n";

std::string relabelled(const std::string& label) {
    return "-----BEGIN " + label + "-----\nCCCC\n-----END " + label + "-----\n";
}

lease::Profile profile(lease::ClusterInfo info = lease::ClusterInfo::automatic) {
    lease::Profile profile;
    profile.name = "prod";
    profile.cluster.server = *parse_https_url("https://prod.example:6443/base", "server");
    profile.cluster.ca_pem = pem;
    profile.cluster.tls_server_name = "kubernetes";
    profile.require_cluster_info = info;
    return profile;
}

ExecCluster same() {
    return {"https://prod.example:6443/base", "kubernetes", std::string(pem), "", "", false};
}

Result<void> check(ExecCluster cluster) {
    return check_cluster_binding({ExecApiVersion::v1, std::move(cluster), true}, profile());
}

TEST(ClusterBinding, TheSameClusterInOtherSpellings) {
    EXPECT_TRUE(check(same()));
    ExecCluster cluster = same();
    cluster.server = "HTTPS://PROD.example:6443/base/";
    cluster.ca_pem = "text before\n-----BEGIN CERTIFICATE-----\r\nAAAABBBB\r\n"
                     "-----END CERTIFICATE-----";
    EXPECT_TRUE(check(cluster));
    cluster.ca_pem = "-----BEGIN CERTIFICATE-----\n AA\tAA\r\n\nBB BB\n"
                     "-----END CERTIFICATE-----\n";
    EXPECT_TRUE(check(cluster)) << "white space of every kind";
    cluster.ca_pem = std::string(pem) + std::string(pem);
    EXPECT_TRUE(check(cluster)) << "the same certificate twice";
}

TEST(ClusterBinding, AnyDifferenceIsDenied) {
    const auto changed = [](auto change) {
        ExecCluster cluster = same();
        change(cluster);
        return check(cluster);
    };
    const Result<void> outcomes[] = {
        changed([](auto& c) { c.server = "https://prod.example/base"; }),
        changed([](auto& c) { c.server = "https://prod.example:6443"; }),
        changed([](auto& c) { c.server = "https://prod.example.evil:6443/base"; }),
        changed([](auto& c) { c.server = "http://prod.example:6443/base"; }),
        changed([](auto& c) { c.server = ""; }),
        changed([](auto& c) { c.server = "https://prod.example:6443/base\n"; }),
        changed([](auto& c) { c.tls_server_name = ""; }),
        changed([](auto& c) { c.tls_server_name = "evil"; }),
        changed([](auto& c) { c.insecure_skip_tls_verify = true; }),
        changed([](auto& c) { c.ca_pem = "garbage"; }),
        changed([](auto& c) { c.ca_pem += other; }),
        changed([](auto& c) { c.ca_pem = other; }),
        changed([](auto& c) { c.ca_pem.clear(); }),
        changed([](auto& c) { c.ca_pem += relabelled("X509 CERTIFICATE"); }),
        changed([](auto& c) { c.ca_pem += relabelled("TRUSTED CERTIFICATE"); }),
        changed([](auto& c) { c.ca_pem.insert(28, "Proc-Type: 4,ENCRYPTED\n\n"); }),
        changed([](auto& c) { c.ca_pem += "-----BEGIN CERTIFICATE-----\nAAAA\n"; }),
        changed([](auto& c) {
            c.ca_pem.clear();
            c.ca_file = "/nonexistent";
        }),
        changed([](auto& c) { c.ca_pem[30] = 'X'; }),
    };
    for (const auto& outcome : outcomes) {
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().code, ErrorCode::denied);
    }
}

TEST(ClusterBinding, SilenceIsDeniedToThoseWhoCouldSpeak) {
    using Info = lease::ClusterInfo;
    const ExecRequest silent;
    ExecRequest spoke;
    spoke.sent = true;
    EXPECT_TRUE(check_cluster_binding(silent, profile(Info::automatic)));
    EXPECT_FALSE(check_cluster_binding(spoke, profile(Info::automatic)));
    EXPECT_FALSE(check_cluster_binding(silent, profile(Info::required)));
    EXPECT_TRUE(check_cluster_binding(spoke, profile(Info::optional_)));
}

TEST(ClusterBinding, AnAuthorityOfItsOwnIsDeniedWhereTheProfilePinsNone) {
    lease::Profile open = profile();
    open.cluster.ca_pem.clear();
    ExecRequest request{ExecApiVersion::v1, same(), true};
    EXPECT_FALSE(check_cluster_binding(request, open));
    request.cluster->ca_pem.clear();
    EXPECT_TRUE(check_cluster_binding(request, open));
}

TEST(ClusterBinding, ANamedFileIsReadAndCompared) {
    const PrivateDirectory directory;
    ExecRequest request{ExecApiVersion::v1, same(), true};
    request.cluster->ca_pem.clear();
    request.cluster->ca_file = directory.write("ca.pem", pem, 0644);
    EXPECT_TRUE(check_cluster_binding(request, profile()));
    request.cluster->ca_file = directory.write("other.pem", other, 0644);
    EXPECT_FALSE(check_cluster_binding(request, profile()));
}

TEST(ClusterBinding, AnotherProxyIsNoticed) {
    ExecRequest request{ExecApiVersion::v1, same(), true};
    EXPECT_FALSE(takes_another_proxy(request, profile()));
    request.cluster->proxy_url = "http://proxy.example:3128";
    EXPECT_TRUE(takes_another_proxy(request, profile()));
    lease::Profile own = profile();
    own.cluster.proxy = *parse_url("http://proxy.example:3128", {"http"}, "proxy");
    EXPECT_FALSE(takes_another_proxy(request, own));
}

} // namespace
} // namespace leasehold::helper
