#include "src/lease/vault/wire/lease_answer.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease::vault {
namespace {

std::optional<std::string> id_of(const std::string& id) {
    http::Response response;
    response.status = 200;
    response.body = R"({"lease_id":")" + id + R"("})";
    return read_lease_id(response);
}

// Ids come back in paths and commands.
TEST(VaultLeaseAnswer, AnIdIsAShortPathThatLeadsNowhereElse) {
    for (const std::string& id : {std::string("kubernetes/creds/deployer/abc"),
                                  std::string("a/b/c/abc.team"), std::string(512, 'a')})
        EXPECT_EQ(id_of(id), id);
    for (const std::string& id : {std::string(), std::string("a/../b"), std::string("a//b"),
                                  std::string(R"(a\nb)"), std::string(513, 'a')})
        EXPECT_FALSE(id_of(id)) << id;
}

} // namespace
} // namespace leasehold::lease::vault
