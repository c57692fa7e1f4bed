#include "cache/store/private_directory.hpp"
#include "tests/support/left_out.hpp"
#include "tests/support/private_directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

class PrivateDirectoryTest : public testing::Test {
protected:
    // What is said of it; "" if it is taken.
    [[nodiscard]] std::string said(DirectoryRule rule) const {
        const auto opened = open_private_directory(path_, rule);
        return opened ? "" : opened.error().message;
    }

    PrivateDirectory above_;
    std::string path_ = above_.path() + "/own";
};

TEST_F(PrivateDirectoryTest, IsMadeForItsOwnerAlone) {
    ASSERT_EQ(said(DirectoryRule::private_to_me), "");
    struct stat status {};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(PrivateDirectoryTest, MayBeReadByOthersWhereNoSecretsAre) {
    std::filesystem::create_directory(path_);
    for (const mode_t mode : {0750U, 0705U, 0711U, 0755U}) {
        ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
        EXPECT_EQ(said(DirectoryRule::not_writable_by_others), "") << std::oct << mode;
        EXPECT_NE(said(DirectoryRule::private_to_me).find("can be read by other users"),
                  std::string::npos)
            << std::oct << mode;
    }
    for (const mode_t mode : {0770U, 0702U, 0720U}) {
        ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
        for (const DirectoryRule rule :
             {DirectoryRule::not_writable_by_others, DirectoryRule::private_to_me})
            EXPECT_NE(said(rule).find("can be changed by other users"), std::string::npos)
                << std::oct << mode;
    }
}

TEST_F(PrivateDirectoryTest, IsNeitherALinkNorAFile) {
    std::filesystem::create_directory(above_.path() + "/real");
    std::filesystem::create_directory_symlink(above_.path() + "/real", path_);
    EXPECT_NE(said(DirectoryRule::private_to_me).find("is not a directory of its own"),
              std::string::npos);
    std::filesystem::remove(path_);
    above_.write("own", "");
    EXPECT_NE(said(DirectoryRule::private_to_me), "");
    path_ = "relative";
    EXPECT_NE(said(DirectoryRule::private_to_me).find("is not an absolute path"),
              std::string::npos);
}

TEST_F(PrivateDirectoryTest, BelongsToThisUser) {
    LEASEHOLD_NEED_ROOT();
    std::filesystem::create_directory(path_);
    ASSERT_EQ(::chmod(path_.c_str(), 0700), 0);
    ASSERT_EQ(::chown(path_.c_str(), 12345, 12345), 0);
    EXPECT_NE(said(DirectoryRule::private_to_me).find("belongs to another user (uid 12345)"),
              std::string::npos);
}

} // namespace
} // namespace leasehold::cache
