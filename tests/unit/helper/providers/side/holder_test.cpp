#include "helper/providers/side/holder.hpp"
#include "tests/support/private_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include <unistd.h>

namespace leasehold::helper {
namespace {

std::string identity(const std::string& path) {
    return find_holder(Environment(Environment::Variables()), path).identity;
}

class Holder : public testing::Test {
protected:
    // A file that is readable here and belongs to somebody else.
    std::string anothers() {
        if (::geteuid() != 0)
            return "/etc/passwd";
        const std::string path = directory_.path() + "/anothers";
        std::ofstream(path) << "x";
        EXPECT_EQ(::chown(path.c_str(), 4711, 4711), 0);
        return path;
    }

    PrivateDirectory directory_;
};

// The file is written once the first lease is there, and gone before the last is revoked.
TEST_F(Holder, OfAProfileOfOnesOwnIsTheSameBeforeItIsThere) {
    const std::string path = directory_.path() + "/dev.yaml";
    const std::string before = identity(path);
    std::ofstream(path) << "x";
    EXPECT_EQ(identity(path), before);
    // In a user namespace the number is another: it is no part of this.
    EXPECT_TRUE(before.starts_with("owner on "));
}

TEST_F(Holder, OfASharedProfileIsTheUserByNumber) {
    EXPECT_TRUE(identity(anothers()).starts_with("uid " + std::to_string(::geteuid()) + " on "));
}

} // namespace
} // namespace leasehold::helper
