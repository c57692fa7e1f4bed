#include "helper/exec_protocol/arguments.hpp"

#include <gtest/gtest.h>

namespace leasehold::helper {
namespace {

using Words = std::vector<std::string_view>;

TEST(CredentialArguments, TakesTheTwoOptionsInEitherForm) {
    const auto arguments =
        parse_credential_arguments(Words{"--api-version=v1beta1", "--profile", "dev"});
    ASSERT_TRUE(arguments) << arguments.error().message;
    EXPECT_EQ(arguments->profile, "dev");
    EXPECT_EQ(arguments->api_version, ExecApiVersion::v1beta1);
    EXPECT_EQ(
        parse_credential_arguments(Words{"--api-version", "v1", "--profile=dev"})->api_version,
        ExecApiVersion::v1);
    EXPECT_FALSE(parse_credential_arguments(Words{"--profile=dev"})->api_version);
}

TEST(CredentialArguments, NamesARun) {
    const auto arguments =
        parse_credential_arguments(Words{"--profile", "dev", "--run", "0123456789abcdef01234567"});
    ASSERT_TRUE(arguments) << arguments.error().message;
    EXPECT_EQ(arguments->run, "0123456789abcdef01234567");
}

TEST(CredentialArguments, RefusesEverythingElse) {
    const Words cases[] = {{},
                           {"--profile"},
                           {"--profile", ""},
                           {"--profile="},
                           {"--profile", "a/b"},
                           {"--profile", "a", "--profile", "a"},
                           {"--profile", "a", "--api-version"},
                           {"--profile", "a", "--api-version", "v2"},
                           {"--profile", "a", "--api-version=v1", "--api-version=v1"},
                           {"--profile", "a", "b"},
                           {"--prof", "a"},
                           {"-p", "a"},
                           {"--profile", "a", "--server", "https://evil"},
                           {"--profile", "a", "--run"},
                           {"--profile", "a", "--run", ""},
                           {"--profile", "a", "--run", "../../../tmp/evil/aaaaaa"},
                           {"--profile", "a", "--run", "0123456789ABCDEF01234567"},
                           {"--profile", "a", "--run", "0123456789abcdef0123456"},
                           {"--run", "0123456789abcdef01234567"},
                           {"--profile", "a", "--"}};
    for (const Words& words : cases) {
        const auto arguments = parse_credential_arguments(words);
        ASSERT_FALSE(arguments) << (words.empty() ? "" : words.back());
        EXPECT_EQ(arguments.error().code, ErrorCode::usage);
    }
}

} // namespace
} // namespace leasehold::helper
