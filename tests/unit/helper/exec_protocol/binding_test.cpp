#include "helper/exec_protocol/binding.hpp"

#include <gtest/gtest.h>

namespace leasehold::helper {
namespace {

constexpr std::string_view pem = "-----BEGIN CERTIFICATE-----\nAAAA\nBBBB\n"
                                 "-----END CERTIFICATE-----\n";

lease::Profile profile(bool strict = false) {
    lease::Profile profile;
    profile.name = "prod";
    profile.cluster.server = *parse_https_url("https://prod.example:6443/base", "server");
    profile.cluster.ca_pem = pem;
    profile.cluster.tls_server_name = "kubernetes";
    profile.require_cluster_info = strict;
    return profile;
}

ExecCluster same() {
    return {"https://prod.example:6443/base", "kubernetes", std::string(pem), false};
}

Result<void> check(ExecCluster cluster) {
    return check_cluster_binding({ExecApiVersion::v1, std::move(cluster)}, profile());
}

TEST(ClusterBinding, TheSameClusterInOtherSpellings) {
    EXPECT_TRUE(check(same()));
    ExecCluster cluster = same();
    cluster.server = "HTTPS://PROD.example:6443/base/";
    cluster.ca_pem = "text before\n-----BEGIN CERTIFICATE-----\r\nAAAABBBB\r\n"
                     "-----END CERTIFICATE-----";
    EXPECT_TRUE(check(cluster));
    cluster.ca_pem.clear(); // clients that pass file names (Python) say nothing we could compare
    EXPECT_TRUE(check(cluster));
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
        changed([](auto& c) { c.ca_pem += pem; }),
        changed([](auto& c) { c.ca_pem[30] = 'X'; }),
    };
    for (const auto& outcome : outcomes) {
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().code, ErrorCode::denied);
    }
}

TEST(ClusterBinding, SilenceIsDeniedOnlyIfTheProfileSaysSo) {
    EXPECT_TRUE(check_cluster_binding({}, profile(false)));
    EXPECT_FALSE(check_cluster_binding({}, profile(true)));
}

} // namespace
} // namespace leasehold::helper
