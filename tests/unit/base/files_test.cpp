#include "src/base/files.hpp"
#include "tests/support/left_out.hpp"
#include "tests/support/private_directory.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

namespace leasehold {
namespace {

class FilesTest : public testing::Test {
protected:
    std::string write(const std::string& name, const std::string& text, mode_t mode) {
        return place_.write(name, text, mode);
    }

    const PrivateDirectory place_;
    const std::string& directory_ = place_.path();
};

TEST_F(FilesTest, MissingIsAValue) {
    const auto file = open_checked(directory_ + "/none", {});
    ASSERT_TRUE(file);
    EXPECT_FALSE(*file);
}

TEST_F(FilesTest, ChecksModeOwnerAndSize) {
    const std::string open = write("open", "text", 0666);
    EXPECT_TRUE(open_checked(open, {}));
    const auto refused = open_checked(open, {.not_writable_by_others = true});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().hint.find("chmod"), std::string::npos);
    EXPECT_FALSE(open_checked(write("group", "text", 0640), {.private_to_me = true}));
    EXPECT_TRUE(
        open_checked(write("mine", "text", 0600), {.owned_by_me = true, .private_to_me = true}));
    EXPECT_FALSE(open_checked(open, {.limit = 3}));
    const std::string foreign = write("foreign", "text", 0600);
    if (::geteuid() == 0) {
        ASSERT_EQ(::chown(foreign.c_str(), 12345, 12345), 0);
        EXPECT_FALSE(open_checked(foreign, {.owned_by_me = true}));
    }
}

TEST_F(FilesTest, NeverWaitsForAFifoAndRefusesLinksIfTold) {
    const std::string fifo = directory_ + "/fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    EXPECT_FALSE(open_checked(fifo, {}));
    EXPECT_FALSE(open_checked(directory_, {}));
    const std::string target = write("target", "text", 0600);
    const std::string link = directory_ + "/link";
    ASSERT_EQ(::symlink(target.c_str(), link.c_str()), 0);
    EXPECT_TRUE(open_checked(link, {}));
    EXPECT_FALSE(open_checked(link, {.follow_symlinks = false}));
}

TEST_F(FilesTest, IdentityTellsEditsApart) {
    const std::string path = write("file", "one", 0600);
    const auto before = (*open_checked(path, {}))->identity;
    EXPECT_EQ(before, (*open_checked(path, {}))->identity);
    ASSERT_TRUE(write_file(path, "one", 0600));
    EXPECT_NE(before, (*open_checked(path, {}))->identity);
}

TEST_F(FilesTest, AtomicFileLandsOnlyOnCommit) {
    const std::string path = write("file", "old", 0600);
    {
        auto file = AtomicFile::create(path, 0640);
        ASSERT_TRUE(file);
        ASSERT_TRUE(file->write("new"));
    }
    EXPECT_EQ(*read_file(path, {}, "file"), "old");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1)
        << "a temporary file was left behind";
    ASSERT_TRUE(write_file(path, "new", 0640));
    EXPECT_EQ(*read_file(path, {}, "file"), "new");
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0640u);
}

TEST_F(FilesTest, MakesPrivateDirectories) {
    const std::string path = directory_ + "/a/b/c";
    const mode_t before = ::umask(0);
    ASSERT_TRUE(make_private_directory(path));
    (void)::umask(before);
    struct stat status {};
    ASSERT_EQ(::stat((directory_ + "/a").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700u);
    ASSERT_EQ(::chmod(path.c_str(), 0777), 0);
    EXPECT_FALSE(make_private_directory(path));
    write("plain", "", 0600);
    EXPECT_FALSE(make_private_directory(directory_ + "/plain/x"));
}

// By way of sudo the user's HOME is left alone. Without it root's own may be anybody's.
TEST_F(FilesTest, WithSudoNothingIsMadeInAnothersHome) {
    LEASEHOLD_NEED_ROOT();
    for (const char* variable : {"SUDO_UID", "SUDO_USER", "DOAS_USER", "PKEXEC_UID"})
        ASSERT_EQ(::unsetenv(variable), 0);
    const std::string home = directory_ + "/home";
    ASSERT_EQ(::mkdir(home.c_str(), 0755), 0);
    ASSERT_EQ(::chown(home.c_str(), 12345, 12345), 0);
    EXPECT_TRUE(make_private_directory(home + "/before"));
    ASSERT_EQ(::setenv("SUDO_UID", "12345", 1), 0);
    const auto refused = make_private_directory(home + "/with-sudo");
    const auto of_root = make_private_directory(directory_ + "/of-root");
    ASSERT_EQ(::unsetenv("SUDO_UID"), 0);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().hint.find("sudo -H"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(home + "/with-sudo"));
    EXPECT_TRUE(of_root) << of_root.error().message;
}

TEST(Paths, AreResolved) {
    EXPECT_EQ(resolve_path("/a", "/d", "/h"), "/a");
    EXPECT_EQ(resolve_path("a", "/d", "/h"), "/d/a");
    EXPECT_EQ(resolve_path("~/a", "/d", "/h"), "/h/a");
    EXPECT_EQ(resolve_path("~/a", "/d", ""), "/d/~/a");
    EXPECT_EQ(directory_of("/a/b"), "/a");
    EXPECT_EQ(directory_of("/a"), "/");
    EXPECT_EQ(directory_of("a"), ".");
}

TEST(Paths, SomeAreOfThisProcessOnly) {
    for (const char* path : {"/dev/fd/3", "/dev/stdin", "/proc/self/fd/3"})
        EXPECT_TRUE(is_passing_path(path)) << path;
    for (const char* path : {"/dev/shm/key", "/process/key", "proc/key", ""})
        EXPECT_FALSE(is_passing_path(path)) << path;
}

TEST_F(FilesTest, ADirectoryIsCheckedWithoutBeingMade) {
    const std::string path = directory_ + "/private";
    EXPECT_FALSE(check_private_directory(path).value());
    EXPECT_FALSE(std::filesystem::exists(path));
    ASSERT_EQ(::mkdir(path.c_str(), 0700), 0);
    EXPECT_TRUE(check_private_directory(path).value());
    ASSERT_EQ(::chmod(path.c_str(), 0777), 0);
    EXPECT_FALSE(check_private_directory(path));
}

} // namespace
} // namespace leasehold
