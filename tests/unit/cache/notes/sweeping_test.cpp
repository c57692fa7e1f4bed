#include "cache/notes/lock.hpp"
#include "cache/notes/sweeping.hpp"
#include "tests/support/private_directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

const std::string digest(64, 'a');

class Sweeping : public testing::Test {
protected:
    // A file last written to so long before `now`.
    std::string file(const std::string& name, Seconds age) {
        std::string path = directory_.write(name, "");
        const timespec then{now - age.count(), 0};
        const timespec times[] = {then, then};
        EXPECT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
        return path;
    }
    static bool is_there(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }
    KeyLock lock(Seconds wait = Seconds(0)) const {
        return KeyLock::acquire(directory_.path(), digest, Deadline::after(wait));
    }

    static constexpr UnixTime now = 1'000'000'000;
    PrivateDirectory directory_;
};

TEST_F(Sweeping, TakesWhatIsOldAndOfAKey) {
    const std::pair<std::string, Seconds> kinds[] = {
        {".lock", locks_stay}, {".handed", handings_stay}, {".refusal", refusals_stay}};
    const std::string young(64, 'b');
    for (const auto& [ending, stays] : kinds) {
        const std::string gone = file(digest + ending, stays + Seconds(1));
        const std::string stays_there = file(young + ending, stays - Seconds(1));
        const std::string strange = file("other" + ending, stays + Seconds(1));
        sweep_notes(directory_.path(), now);
        EXPECT_FALSE(is_there(gone)) << ending;
        EXPECT_TRUE(is_there(stays_there)) << ending;
        EXPECT_TRUE(is_there(strange)) << ending;
    }
}

TEST_F(Sweeping, LeavesALockThatIsHeld) {
    const std::string path = file(digest + ".lock", locks_stay * 2);
    {
        const KeyLock held = lock();
        ASSERT_EQ(held.state(), KeyLock::State::acquired);
        sweep_notes(directory_.path(), now);
        remove_notes(directory_.path(), digest);
        EXPECT_TRUE(is_there(path));
    }
    remove_notes(directory_.path(), digest);
    EXPECT_FALSE(is_there(path));
}

// Else two would hold it: one the file that is gone, one the new one.
TEST_F(Sweeping, WhoWaitsForALockThatIsRemovedGetsTheOneThatIsThere) {
    const std::string path = file(digest + ".lock", locks_stay * 2);
    KeyLock first = lock();
    auto second = std::async(std::launch::async, [&] { return lock(Seconds(60)); });
    std::this_thread::sleep_for(
        Milliseconds(50)); // it has the file open by then, or opens the new one
    ASSERT_EQ(::unlink(path.c_str()), 0);
    first.release();
    const KeyLock taken = second.get();
    EXPECT_EQ(taken.state(), KeyLock::State::acquired);
    EXPECT_EQ(lock().state(), KeyLock::State::timed_out);
}

} // namespace
} // namespace leasehold::cache
