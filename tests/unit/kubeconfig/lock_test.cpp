// The lock file of a kubeconfig: whose it is, and what becomes of one whose maker was killed.
#include "kubeconfig/file/lock.hpp"
#include "src/base/fd.hpp"
#include "tests/support/private_directory.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <optional>
#include <sstream>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::kubeconfig {
namespace {

class FileLockTest : public ::testing::Test {
protected:
    // Empty if somebody has it all the time.
    std::optional<FileLock> take(bool break_old = false) {
        auto lock = FileLock::take(file_, Deadline::after(Milliseconds(50)), break_old, signals_);
        return lock ? std::optional<FileLock>(*std::move(lock)) : std::nullopt;
    }
    bool is_there() const { return ::access(path_.c_str(), F_OK) == 0; }
    std::string text() const {
        std::ostringstream text;
        text << std::ifstream(path_).rdbuf();
        return text.str();
    }
    // A lock file with this text, and nobody behind it.
    void leave(std::string_view text) const { std::ofstream(path_) << text; }

    PrivateDirectory directory_;
    std::string file_ = directory_.path() + "/config";
    std::string path_ = file_ + ".lock";
    SignalHold signals_;
};

TEST_F(FileLockTest, IsThereAsLongAsItsHolder) {
    {
        const auto lock = take();
        ASSERT_TRUE(lock);
        EXPECT_TRUE(is_there());
        EXPECT_FALSE(take()) << "two have it";
        EXPECT_FALSE(take(true)) << "it is not a minute old";
    }
    EXPECT_FALSE(is_there());
    EXPECT_TRUE(take());
}

TEST_F(FileLockTest, OfAKilledLeaseholdIsTakenOver) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const auto lock = take();
        (void)::raise(SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(is_there());
    {
        const auto lock = take();
        EXPECT_TRUE(lock);
        EXPECT_FALSE(take()) << "two took it over";
    }
    EXPECT_FALSE(is_there());
}

TEST_F(FileLockTest, OfAnotherProgramOrBootIsLeft) {
    std::string ours;
    {
        const auto lock = take();
        ours = text();
    }
    ASSERT_EQ(ours.substr(0, 10), "leasehold ");
    std::string boot = ours;
    boot[10] = boot[10] == '0' ? '1' : '0';
    for (const std::string& other : {std::string(), std::string("leasehold \n"), boot, ours + ours,
                                     ours.substr(0, ours.size() - 1)}) {
        leave(other);
        EXPECT_FALSE(take()) << other;
        EXPECT_EQ(text(), other);
    }
    leave(ours);
    EXPECT_TRUE(take()) << "or the texts above prove nothing";
}

TEST_F(FileLockTest, NothingButAFileIsTakenOver) {
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    EXPECT_FALSE(take());
    ASSERT_EQ(::unlink(path_.c_str()), 0);
    std::string ours;
    {
        const auto lock = take();
        ours = text();
    }
    std::ofstream(directory_.path() + "/elsewhere") << ours;
    ASSERT_EQ(::symlink((directory_.path() + "/elsewhere").c_str(), path_.c_str()), 0);
    EXPECT_FALSE(take());
}

} // namespace
} // namespace leasehold::kubeconfig
