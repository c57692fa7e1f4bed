#include "cache/notes/lock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

using State = KeyLock::State;

const std::string digest(64, 'a');
const std::string other_digest(64, 'b');

class KeyLockTest : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "leasehold-lock-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        root_ = pattern;
        directory_ = root_ + "/run/leasehold";
    }
    void TearDown() override { std::filesystem::remove_all(root_); }

    KeyLock try_lock(std::string_view of = digest) const {
        return KeyLock::acquire(directory_, of, Deadline::after(Milliseconds(0)));
    }
    KeyLock wait_for_lock() const {
        return KeyLock::acquire(directory_, digest, Deadline::after(Seconds(60)));
    }

    std::string root_;
    std::string directory_;
};

TEST_F(KeyLockTest, MakesAPrivateDirectoryAndFile) {
    const KeyLock lock = try_lock();
    EXPECT_EQ(lock.state(), State::acquired);
    struct stat status {};
    ASSERT_EQ(::stat(directory_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0700U);
    ASSERT_EQ(::stat((directory_ + '/' + digest + ".lock").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    EXPECT_EQ(status.st_size, 0);
}

TEST_F(KeyLockTest, LOCK_1_IsExclusivePerKey) {
    KeyLock lock = try_lock();
    EXPECT_EQ(try_lock().state(), State::timed_out);
    EXPECT_EQ(try_lock(other_digest).state(), State::acquired);
    lock.release();
    EXPECT_EQ(try_lock().state(), State::acquired);
}

TEST_F(KeyLockTest, IsFreedWithTheObject) {
    { const KeyLock lock = try_lock(); }
    EXPECT_EQ(try_lock().state(), State::acquired);
}

TEST_F(KeyLockTest, LOCK_2_TimesOutAtTheDeadline) {
    const KeyLock lock = try_lock();
    const auto begin = std::chrono::steady_clock::now();
    const auto second = KeyLock::acquire(directory_, digest, Deadline::after(Milliseconds(300)));
    const auto time = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(second.state(), State::timed_out);
    EXPECT_GE(time, Milliseconds(290));
    EXPECT_LT(time, Seconds(10)) << "it waited past its deadline";
}

TEST_F(KeyLockTest, WaitsForTheHolder) {
    KeyLock lock = try_lock();
    std::thread holder([&] {
        std::this_thread::sleep_for(Milliseconds(100));
        lock.release();
    });
    EXPECT_EQ(wait_for_lock().state(), State::acquired);
    holder.join();
}

TEST_F(KeyLockTest, IsNotInheritedByPrograms) {
    const KeyLock lock = try_lock();
    ASSERT_EQ(lock.state(), State::acquired);
    const std::string command =
        "for f in /proc/self/fd/*; do readlink $f; done | grep -c " + digest + " >/dev/null";
    EXPECT_NE(std::system(command.c_str()), 0) << "a child holds the lock file open";
}

// LOCK-1: a read-modify-write by a hundred processes loses nothing.
TEST_F(KeyLockTest, LOCK_1_AHundredProcessesTakeTurns) {
    const std::string counter = root_ + "/counter";
    std::ofstream(counter) << 0;
    std::vector<pid_t> workers;
    for (int i = 0; i < 100; ++i) {
        workers.push_back(::fork());
        if (workers.back() != 0)
            continue;
        const KeyLock lock = wait_for_lock();
        if (lock.state() != State::acquired)
            ::_exit(1);
        int value = -1;
        std::ifstream(counter) >> value;
        std::this_thread::sleep_for(Milliseconds(1));
        std::ofstream(counter) << value + 1;
        ::_exit(0);
    }
    int failed = 0;
    for (const pid_t worker : workers) {
        int status = -1;
        ASSERT_EQ(::waitpid(worker, &status, 0), worker);
        failed += status == 0 ? 0 : 1;
    }
    EXPECT_EQ(failed, 0) << "some did not get the lock within a minute";
    int value = -1;
    std::ifstream(counter) >> value;
    EXPECT_EQ(value, 100) << "two held the lock at once";
}

TEST_F(KeyLockTest, LOCK_2_AKilledHolderFreesTheRest) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t holder = ::fork();
    if (holder == 0) {
        const KeyLock lock = wait_for_lock();
        (void)!::write(ready[1], lock.state() == State::acquired ? "y" : "n", 1);
        ::pause();
        ::_exit(0);
    }
    char answer = 0;
    ASSERT_EQ(::read(ready[0], &answer, 1), 1);
    ASSERT_EQ(answer, 'y');
    EXPECT_EQ(try_lock().state(), State::timed_out);
    ASSERT_EQ(::kill(holder, SIGKILL), 0);
    EXPECT_EQ(wait_for_lock().state(), State::acquired) << "the dead still hold it";
    ASSERT_EQ(::waitpid(holder, nullptr, 0), holder);
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_F(KeyLockTest, NowhereToLockIsUnsupported) {
    const auto state = [](const std::string& directory) {
        return KeyLock::acquire(directory, digest, Deadline::after(Seconds(5))).state();
    };
    EXPECT_EQ(state(""), State::unsupported);
    EXPECT_EQ(state("relative"), State::unsupported);
    EXPECT_EQ(state("/proc/none"), State::unsupported);
    EXPECT_EQ(state("/dev/null/x"), State::unsupported);
    EXPECT_EQ(KeyLock::acquire(directory_, "../x", Deadline::after(Seconds(5))).state(),
              State::unsupported);
}

// LOCK-6: what somebody else could have put there is not trusted.
TEST_F(KeyLockTest, LOCK_6_RefusesWhatOthersCouldReach) {
    ASSERT_TRUE(std::filesystem::create_directories(directory_));
    ASSERT_EQ(::chmod(directory_.c_str(), 0777), 0);
    EXPECT_EQ(try_lock().state(), State::unsupported) << "a directory that others write to";
    ASSERT_EQ(::chmod(directory_.c_str(), 0700), 0);
    EXPECT_EQ(try_lock().state(), State::acquired);

    const std::string link = root_ + "/link";
    std::filesystem::create_directory_symlink(directory_, link);
    EXPECT_EQ(KeyLock::acquire(link, digest, Deadline::after(Seconds(5))).state(),
              State::unsupported);

    const std::string file = directory_ + '/' + other_digest + ".lock";
    std::filesystem::create_symlink(root_ + "/target", file);
    EXPECT_EQ(try_lock(other_digest).state(), State::unsupported) << "a symlink";
    EXPECT_FALSE(std::filesystem::exists(root_ + "/target")) << "it wrote through the symlink";
    std::filesystem::remove(file);
    std::ofstream(root_ + "/hard") << "";
    std::filesystem::create_hard_link(root_ + "/hard", file);
    EXPECT_EQ(try_lock(other_digest).state(), State::unsupported) << "a hard link";
    std::filesystem::remove(file);
    ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
    EXPECT_EQ(try_lock(other_digest).state(), State::unsupported) << "a FIFO";
    if (::geteuid() == 0) {
        ASSERT_EQ(::chown(directory_.c_str(), 12345, 12345), 0);
        EXPECT_EQ(try_lock().state(), State::unsupported) << "another user's directory";
    }
}

} // namespace
} // namespace leasehold::cache
