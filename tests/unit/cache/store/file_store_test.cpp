// What is special about files; what every store does is in tests/contract.
#include "cache/store/file_store.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

constexpr Seconds hour{3600};

class FileStoreTest : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "leasehold-files-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        root_ = pattern;
        directory_ = root_ + "/state/tokens";
        store_ = make_file_store(directory_);
    }
    void TearDown() override { std::filesystem::remove_all(root_); }

    void put(std::string_view bytes = "token") {
        const auto kept = store_->put(key_, Secret(bytes), hour);
        ASSERT_TRUE(kept) << kept.error().message;
    }
    std::string text() {
        const auto found = store_->get(key_);
        if (!found)
            return "(fault)";
        return *found ? std::string((**found).reveal()) : "(none)";
    }
    static mode_t mode(const std::string& path) {
        struct stat status {};
        EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
        return status.st_mode & 07777;
    }

    const CacheKey key_ = CacheKey::of({{"name", "a"}});
    std::string root_;
    std::string directory_;
    std::string path() const { return directory_ + '/' + key_.digest_hex() + ".token"; }
    std::unique_ptr<TokenStore> store_;
};

TEST_F(FileStoreTest, AsksWithoutMakingAnything) {
    EXPECT_EQ(text(), "(none)");
    EXPECT_TRUE(store_->erase(key_));
    EXPECT_TRUE(store_->list()->empty());
    EXPECT_EQ(*store_->clear(), 0U);
    EXPECT_FALSE(std::filesystem::exists(directory_));
}

// FILE-1
TEST_F(FileStoreTest, IsPrivateUnderEveryUmask) {
    for (const mode_t mask : {0000U, 0022U, 0077U, 0777U}) {
        std::filesystem::remove_all(root_ + "/state");
        const mode_t old = ::umask(mask & 0077U); // 0700 itself cannot be made under 0777
        put();
        (void)::umask(old);
        EXPECT_EQ(mode(directory_), 0700U) << mask;
        EXPECT_EQ(mode(path()), 0600U) << mask;
    }
}

TEST_F(FileStoreTest, LeavesNoTemporaryFilesAndRemovesAbandonedOnes) {
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

TEST_F(FileStoreTest, RefusesADirectoryThatOthersReach) {
    put();
    for (const mode_t bad : {0750U, 0705U, 0777U, 0701U}) {
        ASSERT_EQ(::chmod(directory_.c_str(), bad), 0);
        EXPECT_EQ(text(), "(fault)") << std::oct << bad;
        EXPECT_FALSE(store_->put(key_, Secret("x"), hour)) << std::oct << bad;
    }
    ASSERT_EQ(::chmod(directory_.c_str(), 0700), 0);
    EXPECT_EQ(text(), "token");
    ASSERT_EQ(::chmod((root_ + "/state").c_str(), 0777), 0);
    EXPECT_EQ(text(), "(fault)") << "somebody can swap the directory";
    const auto found = store_->get(key_);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().fault, StoreFault::refused);
    EXPECT_NE(found.error().hint.find("chmod"), std::string::npos);
}

TEST_F(FileStoreTest, RefusesForeignDirectoriesAndFiles) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "only root can give files away";
    put();
    ASSERT_EQ(::chown(path().c_str(), 12345, 12345), 0);
    EXPECT_EQ(text(), "(fault)");
    ASSERT_EQ(::chown(path().c_str(), 0, 0), 0);
    ASSERT_EQ(::chown(directory_.c_str(), 12345, 12345), 0);
    EXPECT_EQ(text(), "(fault)");
    ASSERT_EQ(::chown(directory_.c_str(), 0, 0), 0);
    ASSERT_EQ(::chown((root_ + "/state").c_str(), 12345, 12345), 0);
    EXPECT_EQ(text(), "(fault)");
}

// FILE-2
TEST_F(FileStoreTest, FollowsNoSymlinkAndOpensNothingOdd) {
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
    ASSERT_EQ(::chmod(path().c_str(), 0600), 0);
    EXPECT_EQ(text(), "token");

    std::filesystem::rename(directory_, root_ + "/elsewhere");
    std::filesystem::create_directory_symlink(root_ + "/elsewhere", directory_);
    EXPECT_EQ(text(), "(fault)") << "a directory behind a symlink";
}

TEST_F(FileStoreTest, APutReplacesASymlinkAndNotItsTarget) {
    put();
    std::filesystem::remove(path());
    std::ofstream(root_ + "/target") << "precious";
    std::filesystem::create_symlink(root_ + "/target", path());
    put("token");
    EXPECT_EQ(text(), "token");
    std::ifstream target(root_ + "/target");
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(target), {}), "precious");
}

TEST_F(FileStoreTest, DamagedOrMisplacedFilesAreAMiss) {
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
    const auto misplaced = store_->get(other);
    ASSERT_TRUE(misplaced);
    EXPECT_FALSE(*misplaced) << "an entry of another key";
    std::ofstream(path()) << std::string(100'000, 'x');
    EXPECT_EQ(this->text(), "(fault)") << "far too large";
    put();
    EXPECT_EQ(this->text(), "token");
}

TEST_F(FileStoreTest, LeavesForeignFilesAlone) {
    put();
    std::ofstream(directory_ + "/notes.txt") << "mine";
    std::ofstream(directory_ + "/short.token") << "mine";
    EXPECT_EQ(store_->list()->size(), 1U);
    EXPECT_EQ(*store_->clear(), 1U);
    EXPECT_TRUE(std::filesystem::exists(directory_ + "/notes.txt"));
    EXPECT_TRUE(std::filesystem::exists(directory_ + "/short.token"));
}

TEST_F(FileStoreTest, RemovesEndedFiles) {
    ASSERT_TRUE(store_->put(key_, Secret("short"), Seconds(1)));
    ::sleep(2);
    ASSERT_TRUE(store_->put(CacheKey::of({{"name", "b"}}), Secret("other"), hour));
    EXPECT_FALSE(std::filesystem::exists(path())) << "an ended token stayed on the disk";
}

// FILE-4: no room. In a child, since the limit cannot be lifted again.
TEST_F(FileStoreTest, WithoutRoomItIsFullAndTheOldEntryStays) {
    put("old");
    const pid_t child = ::fork();
    if (child == 0) {
        (void)::signal(SIGXFSZ, SIG_IGN);
        const rlimit none{0, 0};
        (void)::setrlimit(RLIMIT_FSIZE, &none);
        const auto kept = store_->put(key_, Secret("new"), hour);
        ::_exit(!kept && kept.error().fault == StoreFault::full ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0) << "no room was not reported as such";
    EXPECT_EQ(text(), "old");
    const auto names = std::filesystem::directory_iterator(directory_);
    EXPECT_EQ(std::distance(begin(names), end(names)), 1) << "a temporary file was left";
}

// FILE-5
TEST_F(FileStoreTest, NowhereToWriteIsUnavailable) {
    for (const char* directory : {"/proc/none/tokens", "/dev/null/tokens", ""}) {
        const auto store = make_file_store(directory);
        const auto kept = store->put(key_, Secret("x"), hour);
        ASSERT_FALSE(kept) << directory;
        EXPECT_EQ(kept.error().fault, StoreFault::unavailable) << kept.error().message;
    }
}

// FILE-3: at whatever moment the writer dies, the old entry or the new one is there.
TEST_F(FileStoreTest, AKilledWriterLeavesTheOldOrTheNewEntry) {
    put(std::string(20'000, 'a'));
    for (int round = 0; round < 100; ++round) {
        const pid_t child = ::fork();
        if (child == 0) {
            while (true)
                for (const char c : {'a', 'b'})
                    (void)store_->put(key_, Secret(std::string(20'000, c)), hour);
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
