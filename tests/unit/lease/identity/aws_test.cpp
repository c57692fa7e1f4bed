#include "src/base/base64.hpp"
#include "src/base/json.hpp"
#include "src/lease/identity/aws_credentials.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease::identity {
namespace {

TEST(Aws, ASectionOfTheSharedFile) {
    constexpr std::string_view text = "# c\n[default]\naws_access_key_id = A\r\n"
                                      "aws_secret_access_key=S=\n[ work ]\naws_access_key_id=B\n"
                                      "aws_secret_access_key = T\naws_session_token = U\n[half]\n"
                                      "aws_access_key_id=C\n";
    const auto first = read_aws_section(text, "default");
    ASSERT_TRUE(first);
    EXPECT_EQ(first->key_id, "A");
    EXPECT_EQ(first->secret_key.reveal(), "S=");
    EXPECT_TRUE(first->session_token.empty());
    EXPECT_EQ(read_aws_section(text, "work")->session_token.reveal(), "U");
    EXPECT_FALSE(read_aws_section(text, "half"));
    EXPECT_FALSE(read_aws_section(text, "none"));
}

// Held against the signature that Python's hmac makes of the same canonical request.
TEST(Aws, SignsWhatStsExpects) {
    const AwsCredentials credentials{"AKIDEXAMPLE",
                                     Secret(std::string_view("wJalrXUtnFEMI/K7MDENG+bPxRfiCY")),
                                     Secret(std::string_view("session"))};
    const auto request =
        sign_caller_identity(credentials, regional_sts("eu-central-1"), 1800000000);
    EXPECT_EQ(request.body, "Action=GetCallerIdentity&Version=2011-06-15");
    const auto headers = parse_json(request.headers.reveal());
    ASSERT_TRUE(headers);
    EXPECT_EQ(json_string(*headers, {"Host"}), "sts.eu-central-1.amazonaws.com");
    EXPECT_EQ(json_string(*headers, {"X-Amz-Date"}), "20270115T080000Z");
    EXPECT_EQ(json_string(*headers, {"X-Amz-Security-Token"}), "session");
    EXPECT_EQ(json_string(*headers, {"Authorization"}),
              "AWS4-HMAC-SHA256 "
              "Credential=AKIDEXAMPLE/20270115/eu-central-1/sts/aws4_request, SignedHeaders="
              "content-length;content-type;host;x-amz-date;x-amz-security-token, Signature="
              "3dbd36006c8aabc08ac08e91f153ec436fa37e4af65bae39cb4dfeea4de77ad7");
}

TEST(Aws, StsIsWhereAwsKeepsIt) {
    EXPECT_EQ(usual_sts("us-east-1").host, "sts.amazonaws.com");
    EXPECT_EQ(usual_sts("us-east-1").region, "us-east-1");
    EXPECT_EQ(usual_sts("eu-west-1").host, "sts.eu-west-1.amazonaws.com");
    EXPECT_EQ(usual_sts("cn-north-1").host, "sts.cn-north-1.amazonaws.com.cn");
    EXPECT_EQ(regional_sts("us-east-1").host, "sts.us-east-1.amazonaws.com");
}

TEST(Aws, OtherCredentialsHaveAnotherFingerprint) {
    const auto of = [](std::string_view key, std::string_view secret, std::string_view session) {
        return sign_caller_identity({std::string(key), Secret(secret), Secret(session)},
                                    regional_sts("us-east-1"), 1800000000)
            .fingerprint;
    };
    EXPECT_EQ(of("a", "b", "c"), of("a", "b", "c"));
    EXPECT_NE(of("a", "b", "c"), of("x", "b", "c"));
    EXPECT_NE(of("a", "b", "c"), of("a", "x", "c"));
    EXPECT_NE(of("a", "b", "c"), of("a", "b", ""));
    EXPECT_EQ(of("a", "secret", "c").find("secret"), std::string::npos);
}

} // namespace
} // namespace leasehold::lease::identity
