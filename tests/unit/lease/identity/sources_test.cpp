#include "src/lease/identity/jwt_source.hpp"
#include "src/lease/identity/secret_source.hpp"
#include "tests/support/private_directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace leasehold::lease::identity {
namespace {

Environment with(Environment::Variables values) {
    return Environment(std::move(values));
}

TEST(SecretSource, TheFileWinsThenTheFirstVariableThenWhatIsKept) {
    const PrivateDirectory directory;
    const std::string file = directory.write("secret", "from-file\n");
    const StoredSecret kept = [] {
        return std::optional<Secret>(Secret(std::string_view("kept")));
    };
    const Environment both = with({{"ONE", ""}, {"TWO", "from-two"}});
    EXPECT_EQ(find_secret({file, "file", {"TWO"}, kept}, both)->value().reveal(), "from-file");
    EXPECT_EQ(find_secret({"", "file", {"ONE", "TWO"}, kept}, both)->value().reveal(), "from-two");
    EXPECT_EQ(find_secret({"", "file", {"ONE"}, kept}, both)->value().reveal(), "kept");
    EXPECT_FALSE(find_secret({"", "file", {"ONE"}, nullptr}, both)->has_value());
}

TEST(SecretSource, AFileThatIsNamedMustBeThereAndPrivate) {
    const PrivateDirectory directory;
    const std::string open_to_all = directory.write("secret", "x", 0644);
    // Nobody else could get there.
    std::filesystem::permissions(directory.path(), std::filesystem::perms(0755));
    EXPECT_FALSE(find_secret({directory.path() + "/none", "file", {}, nullptr}, {}));
    EXPECT_FALSE(find_secret({open_to_all, "file", {}, nullptr}, {}));
}

TEST(JwtSource, ReadsWhatIsNamedAndElseTheUsualVariables) {
    const PrivateDirectory directory;
    const std::string file = directory.write("jwt", "a.b.c\n", 0644);
    const Environment environment = with({{"USUAL", "d.e.f"}, {"MINE", "g.h.i"}});
    EXPECT_EQ(find_jwt({file, "", {"USUAL"}}, environment)->value().reveal(), "a.b.c");
    EXPECT_EQ(find_jwt({"", "MINE", {"USUAL"}}, environment)->value().reveal(), "g.h.i");
    EXPECT_EQ(find_jwt({"", "", {"USUAL"}}, environment)->value().reveal(), "d.e.f");
    EXPECT_FALSE(find_jwt({"", "", {}}, environment)->has_value());
    EXPECT_FALSE(find_jwt({"", "NOT_SET", {"USUAL"}}, environment));
    EXPECT_FALSE(find_jwt({directory.path() + "/none", "", {"USUAL"}}, environment));
}

} // namespace
} // namespace leasehold::lease::identity
