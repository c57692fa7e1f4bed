#include "helper/exec_protocol/request.hpp"

#include <gtest/gtest.h>

namespace leasehold::helper {
namespace {

Result<ExecRequest> parse(std::string info) {
    return parse_exec_request(std::move(info), std::nullopt);
}

TEST(ExecRequest, ReadsWhatClientGoSends) {
    const auto request = parse(
        R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":)"
        R"({"cluster":{"server":"https://a:1","tls-server-name":"n","certificate-authority-data":)"
        R"("Q0E=","config":{"x":[1]},"proxy-url":"http://p"},"interactive":false}})"
        "\n");
    ASSERT_TRUE(request) << request.error().message;
    EXPECT_EQ(request->api_version, ExecApiVersion::v1beta1);
    ASSERT_TRUE(request->cluster);
    EXPECT_EQ(request->cluster->server, "https://a:1");
    EXPECT_EQ(request->cluster->tls_server_name, "n");
    EXPECT_EQ(request->cluster->ca_pem, "CA");
    EXPECT_FALSE(request->cluster->insecure_skip_tls_verify);
}

TEST(ExecRequest, InsecureIsAnythingButFalse) {
    const auto insecure = [](const std::string& value) {
        return parse(R"({"spec":{"cluster":{"server":"s","insecure-skip-tls-verify":)" + value +
                     "}}}")
            ->cluster->insecure_skip_tls_verify;
    };
    EXPECT_TRUE(insecure("true"));
    EXPECT_TRUE(insecure("\"true\""));
    EXPECT_TRUE(insecure("1"));
    EXPECT_FALSE(insecure("false"));
}

TEST(ExecRequest, VersionFallsBackToTheArgumentThenV1) {
    EXPECT_EQ(parse_exec_request(std::nullopt, std::nullopt)->api_version, ExecApiVersion::v1);
    EXPECT_EQ(parse_exec_request("{}", ExecApiVersion::v1beta1)->api_version,
              ExecApiVersion::v1beta1);
    EXPECT_EQ(parse_exec_request(R"({"apiVersion":"client.authentication.k8s.io/v1"})",
                                 ExecApiVersion::v1beta1)
                  ->api_version,
              ExecApiVersion::v1);
}

TEST(ExecRequest, NeverQuotesWhatItRefuses) {
    for (const char* info :
         {"s3cret", "{\"a\":s3cret}", "[\"s3cret\"]",
          R"({"spec":{"cluster":{"server":"x","certificate-authority-data":"s3cret!"}}})"}) {
        const auto request = parse(info);
        ASSERT_FALSE(request) << info;
        EXPECT_EQ(request.error().message.find("s3cret"), std::string::npos)
            << request.error().message;
    }
}

} // namespace
} // namespace leasehold::helper
