// What is special about memory; what every store does is in tests/contract.
#include "cache/store/entry_files.hpp"
#include "cache/store/memory_store.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

constexpr Seconds hour{3600};

class MemoryStoreTest : public testing::Test {
protected:
    void SetUp() override {
        if (!is_on_memory_file_system("/dev/shm"))
            GTEST_SKIP() << "/dev/shm is not in memory here";
        std::string pattern = "/dev/shm/leasehold-memory-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        root_ = pattern;
        directory_ = root_ + "/leasehold";
        pattern = testing::TempDir() + "leasehold-memory-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        disk_ = pattern;
    }
    void TearDown() override {
        std::filesystem::remove_all(root_);
        std::filesystem::remove_all(disk_);
    }

    std::unique_ptr<QuickStore> open() const { return make_memory_store({directory_}); }
    void put(std::string_view bytes = "token") {
        const auto kept = open()->put(key_, Secret(bytes), hour);
        ASSERT_TRUE(kept) << kept.error().message;
    }
    std::string text() {
        const auto found = open()->get(key_);
        if (!found)
            return "(fault)";
        return *found ? std::string((**found).reveal()) : "(none)";
    }
    std::string path() const { return directory_ + '/' + key_.digest_hex() + ".token"; }
    static mode_t mode(const std::string& path) {
        struct stat status {};
        EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
        return status.st_mode & 07777;
    }

    const CacheKey key_ = CacheKey::of({{"name", "a"}});
    std::string root_;
    std::string directory_;
    std::string disk_;
};

TEST_F(MemoryStoreTest, IsPrivateAndMakesNothingBeforeItKeepsSomething) {
    EXPECT_EQ(text(), "(none)");
    EXPECT_FALSE(std::filesystem::exists(directory_));
    put();
    EXPECT_EQ(mode(directory_), 0700U);
    EXPECT_EQ(mode(path()), 0600U);
    EXPECT_EQ(text(), "token");
}

TEST_F(MemoryStoreTest, NeverWritesToADisk) {
    if (is_on_memory_file_system(disk_))
        GTEST_SKIP() << disk_ << " is in memory here";
    const std::string there = disk_ + "/leasehold";
    for (const bool made : {false, true}) {
        if (made) {
            ASSERT_EQ(::mkdir(there.c_str(), 0700), 0);
        }
        const auto kept = make_memory_store({there})->put(key_, Secret("token"), hour);
        ASSERT_FALSE(kept);
        EXPECT_EQ(kept.error().fault, StoreFault::unavailable);
        const auto found = make_memory_store({there})->get(key_);
        ASSERT_FALSE(found) << "it says that it is a store";
        EXPECT_EQ(found.error().fault, StoreFault::unavailable);
    }
    EXPECT_TRUE(std::filesystem::is_empty(there));
    const auto both = make_memory_store({there, directory_});
    ASSERT_TRUE(both->put(key_, Secret("token"), hour)) << "the second directory serves";
    EXPECT_TRUE(std::filesystem::is_empty(there));
    EXPECT_EQ(text(), "token");
}

TEST_F(MemoryStoreTest, WhatOthersReachIsNoStore) {
    put();
    for (const mode_t bad : {0750U, 0705U, 0777U, 0701U}) {
        ASSERT_EQ(::chmod(directory_.c_str(), bad), 0);
        EXPECT_EQ(text(), "(fault)") << std::oct << bad;
        EXPECT_FALSE(open()->put(key_, Secret("x"), hour)) << std::oct << bad;
    }
    ASSERT_EQ(::chmod(directory_.c_str(), 0700), 0);
    ASSERT_EQ(::chmod(path().c_str(), 0640), 0);
    EXPECT_EQ(text(), "(fault)") << "others can read it";
    ASSERT_EQ(::chmod(path().c_str(), 0600), 0);
    EXPECT_EQ(text(), "token");
}

TEST_F(MemoryStoreTest, FollowsNoLinkAndOpensNothingOdd) {
    put();
    const std::string real = root_ + "/real";
    std::filesystem::rename(path(), real);
    std::filesystem::create_symlink(real, path());
    EXPECT_EQ(text(), "(fault)") << "a symlink";
    std::filesystem::remove(path());
    std::filesystem::create_hard_link(real, path());
    EXPECT_EQ(text(), "(fault)") << "a second name";
    std::filesystem::remove(path());
    ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
    EXPECT_EQ(text(), "(fault)") << "a FIFO";
    std::filesystem::remove(path());
    std::filesystem::rename(real, path());
    EXPECT_EQ(text(), "token");
    std::filesystem::rename(directory_, root_ + "/elsewhere");
    std::filesystem::create_directory_symlink(root_ + "/elsewhere", directory_);
    EXPECT_EQ(text(), "(fault)") << "a directory behind a symlink";
}

TEST_F(MemoryStoreTest, RefusesWhatIsAnothers) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "only root can give files away";
    put();
    ASSERT_EQ(::chown(path().c_str(), 12345, 12345), 0);
    EXPECT_EQ(text(), "(fault)");
    ASSERT_EQ(::chown(path().c_str(), 0, 0), 0);
    ASSERT_EQ(::chown(directory_.c_str(), 12345, 12345), 0);
    EXPECT_EQ(text(), "(fault)");
}

TEST_F(MemoryStoreTest, KeepsOneEntryOfAKeyInTwoDirectories) {
    const std::string second = root_ + "/second";
    ASSERT_TRUE(make_memory_store({second})->put(key_, Secret("old"), hour));
    put("other");
    const auto both = make_memory_store({directory_, second});
    EXPECT_EQ(both->list()->size(), 1U);
    ASSERT_TRUE(both->put(key_, Secret("new"), hour));
    EXPECT_FALSE(*make_memory_store({second})->get(key_)) << "an older one was left";
    EXPECT_EQ(*both->clear(), 1U);
}

TEST_F(MemoryStoreTest, ClearancesAreNoEntries) {
    const auto store = open();
    ASSERT_TRUE(store->write(EntryKind::clearance, key_.digest_hex(), Secret("note"), hour, {}));
    EXPECT_TRUE(store->list()->empty());
    EXPECT_EQ(text(), "(none)");
    EXPECT_EQ(*store->clear(), 0U);
    EXPECT_FALSE(*store->read(EntryKind::clearance, key_.digest_hex()));
}

// FILE-3
TEST_F(MemoryStoreTest, AKilledWriterLeavesTheOldOrTheNewEntry) {
    put(std::string(20'000, 'a'));
    for (int round = 0; round < 60; ++round) {
        const pid_t child = ::fork();
        if (child == 0) {
            while (true)
                for (const char c : {'a', 'b'})
                    (void)open()->put(key_, Secret(std::string(20'000, c)), hour);
        }
        ::usleep(static_cast<useconds_t>(round * 37));
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        ASSERT_EQ(::waitpid(child, nullptr, 0), child);
        const std::string left = text();
        ASSERT_EQ(left.size(), 20'000U) << "round " << round << ": " << left.substr(0, 40);
        ASSERT_EQ(left.find_first_not_of(left[0]), std::string::npos) << "round " << round;
    }
}

} // namespace
} // namespace leasehold::cache
