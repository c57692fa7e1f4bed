#include "src/base/secret_file.hpp"
#include "tests/support/left_out.hpp"
#include "tests/support/private_directory.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold {
namespace {

class SecretFileTest : public testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(::chmod(directory_.c_str(), 0755), 0); }
    std::string write(const std::string& name, const std::string& text, mode_t mode) {
        return place_.write(name, text, mode);
    }

    const PrivateDirectory place_;
    const std::string& directory_ = place_.path();
};

TEST_F(SecretFileTest, MustBePrivate) {
    EXPECT_EQ(read_secret_file(write("key", "s3cret\r\n", 0600), "key file")->reveal(), "s3cret");
    const auto refused = read_secret_file(write("open", "s3cret", 0644), "key file");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message.find("s3cret"), std::string::npos);
    EXPECT_NE(refused.error().hint.find("chmod 600"), std::string::npos);
}

TEST_F(SecretFileTest, MayBeOpenWhereNobodyElseCanGo) {
    for (const mode_t mode : {0644u, 0640u, 0444u}) {
        const std::string path = write("key", "s3cret", mode);
        ASSERT_EQ(::chmod(directory_.c_str(), 0755), 0);
        EXPECT_FALSE(read_secret_file(path, "key file"));
        ASSERT_EQ(::chmod(directory_.c_str(), 0710), 0);
        EXPECT_FALSE(read_secret_file(path, "key file")) << "its group may pass";
        ASSERT_EQ(::chmod(directory_.c_str(), 0700), 0);
        EXPECT_TRUE(read_secret_file(path, "key file"));
        ASSERT_EQ(::unlink(path.c_str()), 0);
    }
}

TEST_F(SecretFileTest, AClosedDirectoryBehindALinkCounts) {
    const std::string closed = directory_ + "/closed";
    ASSERT_EQ(::mkdir(closed.c_str(), 0700), 0);
    std::ofstream(closed + "/key") << "s3cret";
    ASSERT_EQ(::symlink((closed + "/key").c_str(), (directory_ + "/link").c_str()), 0);
    EXPECT_TRUE(read_secret_file(directory_ + "/link", "key file"));
    ASSERT_EQ(::mkdir((directory_ + "/links").c_str(), 0700), 0);
    const std::string open = write("open", "s3cret", 0644);
    ASSERT_EQ(::symlink(open.c_str(), (directory_ + "/links/key").c_str()), 0);
    EXPECT_FALSE(read_secret_file(directory_ + "/links/key", "key file"));
}

// What the kubelet makes is root's: 0644, or 0440 for a group.
TEST_F(SecretFileTest, RootDecidesWhoReadsItsFiles) {
    const std::string path = write("token", "s3cret", 0644);
    LEASEHOLD_NEED_ROOT();
    ASSERT_EQ(::seteuid(65534), 0);
    const auto read = read_secret_file(path, "key file");
    ASSERT_EQ(::seteuid(0), 0);
    EXPECT_TRUE(read) << read.error().message;
    ASSERT_EQ(::chmod(path.c_str(), 0666), 0);
    ASSERT_EQ(::seteuid(65534), 0);
    const auto writable = read_secret_file(path, "key file");
    ASSERT_EQ(::seteuid(0), 0);
    EXPECT_FALSE(writable);
}

// Of the caller's own or of root's, whoever the caller is.
TEST_F(SecretFileTest, WhoseDirectoryIsClosedCounts) {
    LEASEHOLD_NEED_ROOT();
    const std::string path = write("key", "s3cret", 0644);
    ASSERT_EQ(::chmod(directory_.c_str(), 0700), 0);
    ASSERT_EQ(::chown(directory_.c_str(), 65534, 65534), 0);
    EXPECT_FALSE(read_secret_file(path, "key file")) << "the directory is another's";
    ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
    ASSERT_EQ(::seteuid(65534), 0);
    const auto own = read_secret_file(path, "key file");
    ASSERT_EQ(::seteuid(0), 0);
    EXPECT_TRUE(own) << own.error().message;
}

// As an image or a mounted Secret is: nobody changes it, so that its owner says nothing.
TEST_F(SecretFileTest, OnAReadOnlyFileSystemItMayBeAnybodys) {
    LEASEHOLD_NEED_ROOT();
    bool mounted = false;
    bool read_before = true;
    bool read_then = false;
    // A thread has a view of the file systems of its own, which ends with it.
    std::thread([&] {
        const char* place = directory_.c_str();
        mounted = ::unshare(CLONE_NEWNS) == 0 &&
                  ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                  ::mount("tmpfs", place, "tmpfs", 0, "mode=0755") == 0;
        const std::string path = mounted ? write("key", "s3cret", 0644) : "";
        mounted = mounted && ::chown(path.c_str(), 12345, 12345) == 0;
        read_before = static_cast<bool>(read_secret_file(path, "key file"));
        mounted = mounted && ::mount(nullptr, place, nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0;
        read_then = static_cast<bool>(read_secret_file(path, "key file"));
    }).join();
    if (!mounted)
        LEASEHOLD_LEFT_OUT("this root may mount nothing");
    EXPECT_FALSE(read_before);
    EXPECT_TRUE(read_then);
}

TEST_F(SecretFileTest, AnotherUsersIsRefusedWhereverItLies) {
    LEASEHOLD_NEED_ROOT();
    const std::string path = write("token", "s3cret", 0600);
    ASSERT_EQ(::chown(path.c_str(), 12345, 12345), 0);
    ASSERT_EQ(::chmod(directory_.c_str(), 0700), 0);
    EXPECT_FALSE(read_secret_file(path, "key file"));
}

TEST_F(SecretFileTest, ATokenHasNoWhiteSpaceAtItsEnds) {
    for (const char* text :
         {"t0ken", "t0ken\n\n", " \tt0ken \r\n", "\xc2\xa0t0ken\xe2\x80\xa8\v\f"})
        EXPECT_EQ(read_token_file(write("token", text, 0600), "token file")->reveal(), "t0ken");
    EXPECT_EQ(without_outer_space(" a b\n"), "a b");
    EXPECT_EQ(without_outer_space(" \n"), "");
}

TEST_F(SecretFileTest, WhatIsNoFileIsRefusedThoughNobodyElseCanGoThere) {
    ASSERT_EQ(::chmod(directory_.c_str(), 0700), 0);
    ASSERT_EQ(::mkdir((directory_ + "/key").c_str(), 0700), 0);
    const auto refused = read_secret_file(directory_ + "/key", "key file");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("is not a regular file"), std::string::npos);
}

TEST_F(SecretFileTest, AnEmptyOneIsNone) {
    for (const char* text : {"", "\n", "\r\n"}) {
        const auto secret = read_secret_file(write("empty", text, 0600), "token file");
        ASSERT_FALSE(secret);
        EXPECT_NE(secret.error().message.find("is empty"), std::string::npos);
    }
    EXPECT_FALSE(read_token_file(write("blank", " \n\t\n", 0600), "token file"));
}

} // namespace
} // namespace leasehold
