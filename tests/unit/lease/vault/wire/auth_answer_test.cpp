#include "src/lease/vault/wire/auth_answer.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease::vault {
namespace {

Result<AuthAnswer> read(const std::string& auth) {
    http::Response response;
    response.status = 200;
    response.body = R"({"auth":)" + auth + "}";
    return read_auth_answer(response, 1000000, nullptr);
}

TEST(VaultAuthAnswer, OnlyWhatSaysSoIsRenewable) {
    const auto renewable = [](const std::string& more) {
        const auto answer = read(R"({"client_token":"s.x","lease_duration":60)" + more + "}");
        EXPECT_TRUE(answer) << more;
        return answer && answer->session.renewable;
    };
    EXPECT_TRUE(renewable(R"(,"renewable":true)"));
    for (const char* more : {"", R"(,"renewable":false)", R"(,"renewable":"true")",
                             R"(,"renewable":1)", R"(,"renewable":null)"})
        EXPECT_FALSE(renewable(more)) << more;
}

TEST(VaultAuthAnswer, ASecondFactorWithoutWaysHasNone) {
    for (const char* more :
         {"", R"(,"mfa_constraints":null)", R"(,"mfa_constraints":[1])",
          R"(,"mfa_constraints":{"e":{}})", R"(,"mfa_constraints":{"e":{"any":{}}})"}) {
        const auto answer =
            read(R"({"mfa_requirement":{"mfa_request_id":"q")" + std::string(more) + "}}");
        ASSERT_TRUE(answer && answer->mfa) << more;
        EXPECT_EQ(answer->mfa->id, "q");
        EXPECT_TRUE(answer->mfa->methods.empty()) << more;
    }
}

} // namespace
} // namespace leasehold::lease::vault
