// What is special about memory; what every store does is in tests/contract.
#include "cache/store/entry_files.hpp"
#include "cache/store/memory_store.hpp"
#include "cache/store/stored_entry.hpp"
#include "src/base/files.hpp"
#include "tests/support/left_out.hpp"
#include "tests/unit/cache/store/one_entry.hpp"

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

class MemoryStoreTest : public OneEntryTest {
protected:
    void SetUp() override {
        if (!is_on_memory_file_system("/dev/shm"))
            LEASEHOLD_LEFT_OUT("/dev/shm is not in memory here");
        std::string pattern = "/dev/shm/leasehold-memory-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        root_ = pattern;
        directory_ = root_ + "/leasehold";
        // /tmp may be in memory, too.
        const bool temporary = !is_on_memory_file_system(testing::TempDir());
        pattern = (temporary ? testing::TempDir() : "/var/tmp/") + "leasehold-memory-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        disk_ = pattern;
    }
    void TearDown() override {
        std::filesystem::remove_all(root_);
        std::filesystem::remove_all(disk_);
    }

    std::unique_ptr<TokenStore> open() const override { return make_memory_store({directory_}); }

    std::string disk_;
};

TEST(MemoryDirectories, AreTheRuntimeDirectoryIfThereIsOneAndOneInDevShm) {
    const std::string shared = "/dev/shm/leasehold-" + std::to_string(::geteuid());
    EXPECT_EQ(memory_directories(""), std::vector<std::string>{shared});
    EXPECT_EQ(memory_directories("/run/x"), (std::vector<std::string>{"/run/x", shared}));
}

TEST_F(MemoryStoreTest, IsNotToBeHadWhereNothingCanBeMade) {
    const auto store = make_memory_store({root_ + "/missing/leasehold"});
    for (const auto& fault : {store->list().error().fault, store->clear().error().fault,
                              store->state().error().fault, store->check().error().fault})
        EXPECT_EQ(fault, StoreFault::unavailable);
}

TEST_F(MemoryStoreTest, IsNotToBeHadInADirectoryThatOthersReach) {
    ASSERT_EQ(::mkdir(directory_.c_str(), 0700), 0);
    EXPECT_TRUE(open()->check());
    ASSERT_EQ(::chmod(directory_.c_str(), 0755), 0);
    const auto checked = open()->check();
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().fault, StoreFault::refused);
}

TEST_F(MemoryStoreTest, IsNotToBeHadOnADiskAlone) {
    if (is_on_memory_file_system(disk_))
        LEASEHOLD_LEFT_OUT(disk_ + " is in memory, and so is what else there is");
    EXPECT_FALSE(make_memory_store({disk_ + "/leasehold"})->check());
    EXPECT_TRUE(make_memory_store({root_ + "/leasehold"})->check());
}

TEST_F(MemoryStoreTest, IsNotToBeHadWhereMemoryIsAnothersAndOnlyADiskIsOnesOwn) {
    LEASEHOLD_NEED_ROOT(); // to be somebody else
    if (is_on_memory_file_system(disk_))
        LEASEHOLD_LEFT_OUT(disk_ + " is in memory, and so is what else there is");
    ASSERT_EQ(::chmod(root_.c_str(), 0755), 0);
    ASSERT_EQ(::chmod(disk_.c_str(), 0777), 0);
    const auto says_so_as_another = [&] {
        const bool other = ::setresuid(65534, 65534, 65534) == 0;
        const auto store = make_memory_store({root_ + "/leasehold", disk_ + "/leasehold"});
        std::exit(other && !store->check() ? 0 : 1);
    };
    EXPECT_EXIT(says_so_as_another(), testing::ExitedWithCode(0), "") << "it could be written to";
}

TEST_F(MemoryStoreTest, NeverWritesToADisk) {
    if (is_on_memory_file_system(disk_))
        LEASEHOLD_LEFT_OUT(disk_ + " is in memory, and so is what else there is");
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
    const auto store = make_memory_store({directory_});
    ASSERT_TRUE(store->write(EntryKind::clearance, key_.digest_hex(), Secret("note"), hour, {}));
    EXPECT_TRUE(store->list()->empty());
    EXPECT_EQ(text(), "(none)");
    EXPECT_EQ(*store->clear(), 0U);
    EXPECT_FALSE(*store->read(EntryKind::clearance, key_.digest_hex()));
}

TEST_F(MemoryStoreTest, OfManyThatHaveEndedEachWriteRemovesAFew) {
    constexpr std::size_t many = 300;
    put(); // makes the directory
    for (std::size_t i = 0; i < many; ++i) {
        const std::string digest = CacheKey::of({{"job", std::to_string(i)}}).digest_hex();
        const Secret entry = encode_entry({digest, 1'600'000'000, Secret("token")});
        ASSERT_TRUE(write_file(directory_ + '/' + digest + ".token", entry.reveal(), 0600));
    }
    const auto files = [&] {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(directory_), {}));
    };
    put();
    EXPECT_GE(files(), many - 16) << "a write looks at all of them";
    EXPECT_LT(files(), many + 1);
    for (int i = 0; i < 100; ++i)
        put();
    EXPECT_LT(files(), many / 2) << "they are never removed";
    EXPECT_EQ(open()->list()->size(), 1U);
    EXPECT_EQ(files(), 1U);
    EXPECT_EQ(text(), "token");
}

} // namespace
} // namespace leasehold::cache
