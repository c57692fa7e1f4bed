// What holds for every store that keeps an entry in a file, wherever that lies; what every store
// does is in tests/contract.
#include "cache/store/entry_files.hpp"
#include "cache/store/file_store.hpp"
#include "cache/store/memory_store.hpp"
#include "tests/support/left_out.hpp"
#include "tests/unit/cache/store/one_entry.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

constexpr Seconds hour{3600};

struct Place {
    std::string name;
    std::string temporary; // directory
    bool in_memory;
    std::unique_ptr<TokenStore> (*open)(const std::string& directory);
};

void PrintTo(const Place& place, std::ostream* out) {
    *out << place.name;
}

std::unique_ptr<TokenStore> open_file_store(const std::string& directory) {
    return make_file_store(directory);
}

std::unique_ptr<TokenStore> open_memory_store(const std::string& directory) {
    return make_memory_store({directory});
}

class EntryFilesTest : public OneEntryTest, public testing::WithParamInterface<Place> {
protected:
    void SetUp() override {
        if (GetParam().in_memory && !is_on_memory_file_system(GetParam().temporary))
            LEASEHOLD_LEFT_OUT(GetParam().temporary + " is not in memory");
        std::string pattern = GetParam().temporary + "/leasehold-entries-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        root_ = pattern;
        // The store file makes what is above its directory, too.
        above_ = GetParam().in_memory ? root_ : root_ + "/state";
        directory_ = above_ + "/tokens";
    }
    void TearDown() override { std::filesystem::remove_all(root_); }

    std::unique_ptr<TokenStore> open() const override { return GetParam().open(directory_); }
    static mode_t mode(const std::string& path) {
        struct stat status {};
        EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
        return status.st_mode & 07777;
    }
    std::string path() const { return directory_ + '/' + key_.digest_hex() + ".token"; }

    std::string above_; // the directory that holds the store's
};

TEST_P(EntryFilesTest, AsksWithoutMakingAnything) {
    EXPECT_EQ(text(), "(none)");
    EXPECT_TRUE(open()->erase(key_));
    EXPECT_TRUE(open()->list()->empty());
    EXPECT_EQ(*open()->clear(), 0U);
    EXPECT_FALSE(std::filesystem::exists(directory_));
}

// FILE-1
TEST_P(EntryFilesTest, IsPrivateUnderEveryUmask) {
    for (const mode_t mask : {0000U, 0022U, 0077U, 0777U}) {
        std::filesystem::remove_all(directory_);
        const mode_t old = ::umask(mask & 0077U); // 0700 itself cannot be made under 0777
        put();
        (void)::umask(old);
        EXPECT_EQ(mode(directory_), 0700U) << mask;
        EXPECT_EQ(mode(path()), 0600U) << mask;
    }
}

TEST_P(EntryFilesTest, LeavesNoTemporaryFilesAndRemovesAbandonedOnes) {
    put();
    const std::string fresh = path() + ".tmp-0000";
    const std::string old = path() + ".tmp-1111";
    std::ofstream(fresh) << "x";
    std::ofstream(old) << "x";
    const timespec times[] = {{::time(nullptr) - 3600, 0}, {::time(nullptr) - 3600, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, old.c_str(), times, 0), 0);
    put("again");
    EXPECT_TRUE(std::filesystem::exists(fresh)) << "somebody may be writing it";
    EXPECT_FALSE(std::filesystem::exists(old));
    EXPECT_EQ(text(), "again");
}

TEST_P(EntryFilesTest, RefusesADirectoryThatOthersReach) {
    put();
    for (const mode_t bad : {0750U, 0705U, 0777U, 0701U}) {
        ASSERT_EQ(::chmod(directory_.c_str(), bad), 0);
        EXPECT_EQ(text(), "(fault)") << std::oct << bad;
        EXPECT_FALSE(open()->put(key_, Secret("x"), hour)) << std::oct << bad;
    }
    ASSERT_EQ(::chmod(directory_.c_str(), 0700), 0);
    EXPECT_EQ(text(), "token");
    // Who swaps a directory in memory puts one of another user's there, which is refused.
    ASSERT_EQ(::chmod(GetParam().in_memory ? directory_.c_str() : above_.c_str(), 0777), 0);
    EXPECT_EQ(text(), "(fault)") << "somebody can swap the directory";
    const auto found = open()->get(key_);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().fault, StoreFault::refused);
    EXPECT_NE(found.error().hint.find("chmod"), std::string::npos);
}

TEST_P(EntryFilesTest, RefusesForeignDirectoriesAndFiles) {
    if (!GetParam().in_memory && ::geteuid() != 0)
        LEASEHOLD_LEFT_OUT("what is above /tmp is root's, who is nobody in a user namespace");
    LEASEHOLD_NEED_ROOT();
    put();
    ASSERT_EQ(::chown(path().c_str(), 12345, 12345), 0);
    EXPECT_EQ(text(), "(fault)");
    ASSERT_EQ(::chown(path().c_str(), 0, 0), 0);
    ASSERT_EQ(::chown(directory_.c_str(), 12345, 12345), 0);
    EXPECT_EQ(text(), "(fault)");
    ASSERT_EQ(::chown(directory_.c_str(), 0, 0), 0);
    if (GetParam().in_memory)
        return; // /dev/shm itself is another user's
    ASSERT_EQ(::chown(above_.c_str(), 12345, 12345), 0);
    EXPECT_EQ(text(), "(fault)");
}

// FILE-2
TEST_P(EntryFilesTest, FollowsNoSymlinkAndOpensNothingOdd) {
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
    ASSERT_TRUE(std::filesystem::create_directory(path()));
    EXPECT_EQ(text(), "(fault)") << "a directory";
    std::filesystem::remove(path());
    std::filesystem::rename(real, path());
    ASSERT_EQ(::chmod(path().c_str(), 0640), 0);
    EXPECT_EQ(text(), "(fault)") << "others can read it";
    const auto refused = open()->get(key_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().hint, "remove it");
    ASSERT_EQ(::chmod(path().c_str(), 0600), 0);
    EXPECT_EQ(text(), "token");

    std::filesystem::rename(directory_, root_ + "/elsewhere");
    std::filesystem::create_directory_symlink(root_ + "/elsewhere", directory_);
    EXPECT_EQ(text(), "(fault)") << "a directory behind a symlink";
}

TEST_P(EntryFilesTest, APutReplacesASymlinkAndNotItsTarget) {
    put();
    std::filesystem::remove(path());
    std::ofstream(root_ + "/target") << "precious";
    std::filesystem::create_symlink(root_ + "/target", path());
    put("token");
    EXPECT_EQ(text(), "token");
    std::ifstream target(root_ + "/target");
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(target), {}), "precious");
}

TEST_P(EntryFilesTest, DamagedOrMisplacedFilesAreAMiss) {
    put();
    std::ifstream in(path());
    const std::string good{std::istreambuf_iterator<char>(in), {}};
    for (const std::string& text :
         {std::string(), std::string("x"), good.substr(0, 60), std::string(1000, '\0')}) {
        std::ofstream(path()) << text;
        EXPECT_EQ(this->text(), "(none)") << text.substr(0, 70);
        put();
    }
    const auto other = CacheKey::of({{"name", "b"}});
    std::filesystem::copy_file(path(), directory_ + '/' + other.digest_hex() + ".token");
    const auto misplaced = open()->get(other);
    ASSERT_TRUE(misplaced);
    EXPECT_FALSE(*misplaced) << "an entry of another key";
    std::ofstream(path()) << std::string(100'000, 'x');
    EXPECT_EQ(this->text(), "(fault)") << "far too large";
    put();
    EXPECT_EQ(this->text(), "token");
}

TEST_P(EntryFilesTest, LeavesForeignFilesAlone) {
    put();
    std::ofstream(directory_ + "/notes.txt") << "mine";
    std::ofstream(directory_ + "/short.token") << "mine";
    EXPECT_EQ(open()->list()->size(), 1U);
    EXPECT_EQ(*open()->clear(), 1U);
    EXPECT_TRUE(std::filesystem::exists(directory_ + "/notes.txt"));
    EXPECT_TRUE(std::filesystem::exists(directory_ + "/short.token"));
}

TEST_P(EntryFilesTest, RemovesEndedFiles) {
    ASSERT_TRUE(open()->put(key_, Secret("short"), Seconds(1)));
    ::sleep(2);
    ASSERT_TRUE(open()->put(CacheKey::of({{"name", "b"}}), Secret("other"), hour));
    EXPECT_FALSE(std::filesystem::exists(path())) << "an ended token stayed on the disk";
}

// FILE-4: no room. In a child, since the limit cannot be lifted again.
TEST_P(EntryFilesTest, WithoutRoomItIsFullAndTheOldEntryStays) {
    put("old");
    const pid_t child = ::fork();
    if (child == 0) {
        (void)::signal(SIGXFSZ, SIG_IGN);
        const rlimit none{0, 0};
        (void)::setrlimit(RLIMIT_FSIZE, &none);
        const auto kept = open()->put(key_, Secret("new"), hour);
        ::_exit(!kept && kept.error().fault == StoreFault::full ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0) << "no room was not reported as such";
    EXPECT_EQ(text(), "old");
    const auto names = std::filesystem::directory_iterator(directory_);
    EXPECT_EQ(std::distance(begin(names), end(names)), 1) << "a temporary file was left";
}

// What a store cannot see for want of descriptors is not gone. In a child, which gets no more of
// them again.
TEST_P(EntryFilesTest, WithoutDescriptorsNothingCountsAsGone) {
    put();
    for (const char* what : {"list", "clear", "get"})
        for (rlim_t spare = 0; spare < 4; ++spare) {
            const pid_t child = ::fork();
            if (child == 0) {
                const int next = ::dup(0);
                (void)::close(next);
                const rlimit few{static_cast<rlim_t>(next) + spare,
                                 static_cast<rlim_t>(next) + spare};
                (void)::setrlimit(RLIMIT_NOFILE, &few);
                const auto store = open();
                const std::string_view asked(what);
                bool told = false;
                if (asked == "list") {
                    const auto all = store->list();
                    told = !all || all->size() == 1;
                } else if (asked == "clear") {
                    const auto count = store->clear();
                    told = !count || *count == 1;
                } else {
                    const auto got = store->get(key_);
                    told = got ? got->has_value() : got.error().fault == StoreFault::failed;
                }
                ::_exit(told ? 0 : 1);
            }
            int status = -1;
            ASSERT_EQ(::waitpid(child, &status, 0), child);
            EXPECT_EQ(status, 0) << what << " with " << spare << " descriptors";
            put();
        }
}

// FILE-3: at whatever moment the writer dies, the old entry or the new one is there.
TEST_P(EntryFilesTest, AKilledWriterLeavesTheOldOrTheNewEntry) {
    put(std::string(20'000, 'a'));
    for (int round = 0; round < 100; ++round) {
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

// FILE-5
TEST(FileStore, NowhereToWriteIsUnavailable) {
    const auto key = CacheKey::of({{"name", "a"}});
    for (const char* directory : {"/proc/none/tokens", "/dev/null/tokens", ""}) {
        const auto kept = make_file_store(directory)->put(key, Secret("x"), hour);
        ASSERT_FALSE(kept) << directory;
        EXPECT_EQ(kept.error().fault, StoreFault::unavailable) << kept.error().message;
    }
}

// FILE-2: somebody swaps the entry for a link to another good one while it is read.
TEST_P(EntryFilesTest, ASwapInTheMiddleIsNeverFollowed) {
    put("stolen");
    const std::string elsewhere = root_ + "/elsewhere";
    std::filesystem::rename(path(), elsewhere);
    put();
    const std::string spare = root_ + "/spare";
    const std::string link = root_ + "/link";
    std::filesystem::create_symlink(elsewhere, link);
    const pid_t swapper = ::fork();
    if (swapper == 0)
        while (true) {
            (void)::rename(path().c_str(), spare.c_str());
            (void)::rename(link.c_str(), path().c_str());
            (void)::rename(path().c_str(), link.c_str());
            (void)::rename(spare.c_str(), path().c_str());
        }
    int seen = 0;
    for (int i = 0; i < 10'000; ++i) {
        const std::string found = text();
        EXPECT_NE(found, "stolen") << "read " << i;
        seen += found == "token" ? 1 : 0;
    }
    ASSERT_EQ(::kill(swapper, SIGKILL), 0);
    ASSERT_EQ(::waitpid(swapper, nullptr, 0), swapper);
    EXPECT_GT(seen, 0) << "the entry was never there";
    EXPECT_LT(seen, 10'000) << "nothing was ever swapped";
}

INSTANTIATE_TEST_SUITE_P(Stores, EntryFilesTest,
                         testing::Values(Place{"file", "/tmp", false, open_file_store},
                                         Place{"memory", "/dev/shm", true, open_memory_store}),
                         [](const auto& place) { return place.param.name; });

} // namespace
} // namespace leasehold::cache
