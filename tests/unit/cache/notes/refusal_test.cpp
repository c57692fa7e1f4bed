#include "cache/notes/refusal.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

const std::string digest(64, 'a');
constexpr Instant now{1'800'000'000, 5000};
const Error denied = make_error(ErrorCode::denied, "the server says no: \"quoted\" \xc3\xa4",
                                "first hint\nsecond hint 100 %");

class RefusalTest : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "leasehold-refusal-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
        path_ = directory_ + '/' + digest + ".refusal";
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    void remember(Seconds time = Seconds(15)) {
        remember_refusal(directory_, digest, denied, time, now);
    }
    bool recalled_at(std::int64_t wall, std::int64_t boot) {
        return recall_refusal(directory_, digest, {now.wall + wall, now.boot + boot}).has_value();
    }

    std::string directory_;
    std::string path_;
};

TEST_F(RefusalTest, ComesBackWhole) {
    remember();
    const auto error = recall_refusal(directory_, digest, now);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, denied.code);
    EXPECT_EQ(error->message, denied.message);
    EXPECT_EQ(error->hint, denied.hint);
    struct stat status {};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(RefusalTest, EndsByEitherClock) {
    remember();
    EXPECT_TRUE(recalled_at(14, 14));
    EXPECT_FALSE(recalled_at(15, 15));
    EXPECT_FALSE(recalled_at(15, 1)) << "the wall clock jumped";
    EXPECT_FALSE(recalled_at(1, 15)) << "the machine slept";
    EXPECT_FALSE(recalled_at(-1, 1)) << "the wall clock was set back";
    EXPECT_FALSE(recalled_at(1, -4000)) << "the machine was restarted";
}

TEST_F(RefusalTest, IsPerKeyAndCanBeForgotten) {
    remember();
    EXPECT_FALSE(recall_refusal(directory_, std::string(64, 'b'), now));
    forget_refusal(directory_, digest);
    EXPECT_FALSE(recalled_at(0, 0));
    forget_refusal(directory_, digest);
}

TEST_F(RefusalTest, WhatIsLongPastIsClearedAway) {
    remember();
    const std::string other(64, 'b');
    std::filesystem::last_write_time(path_, std::filesystem::file_time_type::clock::now() -
                                                std::chrono::hours(2));
    remember_refusal(directory_, other, denied, Seconds(15), now);
    EXPECT_FALSE(std::filesystem::exists(path_));
    EXPECT_TRUE(recall_refusal(directory_, other, now));
}

TEST_F(RefusalTest, TheLastOneCounts) {
    remember();
    remember_refusal(directory_, digest, make_error(ErrorCode::unreachable, "gone"), Seconds(5),
                     now);
    EXPECT_EQ(recall_refusal(directory_, digest, now)->code, ErrorCode::unreachable);
}

TEST_F(RefusalTest, WithNowhereToWriteNothingIsRemembered) {
    remember_refusal("", digest, denied, Seconds(15), now);
    remember_refusal("/proc/none", digest, denied, Seconds(15), now);
    remember_refusal(directory_, "../escape", denied, Seconds(15), now);
    EXPECT_FALSE(recall_refusal("", digest, now));
    EXPECT_FALSE(recall_refusal("/proc/none", digest, now));
    EXPECT_FALSE(recall_refusal(directory_, "../escape", now));
}

TEST_F(RefusalTest, WhatIsDamagedOrNotOursIsNotBelieved) {
    remember();
    std::ifstream in(path_);
    const std::string good{std::istreambuf_iterator<char>(in), {}};
    for (const std::string& text :
         {std::string(), good.substr(0, good.size() - 1), good + "x", "x" + good,
          std::string("leasehold-refusal 2\n"), std::string(100'000, 'x')}) {
        std::ofstream(path_) << text;
        EXPECT_FALSE(recalled_at(0, 0)) << text.substr(0, 40);
    }
    for (const char* line : {"wall ", "boot ", "time ", "code ", "message ", "hint "}) {
        const std::size_t begin = good.find(std::string("\n") + line) + 1;
        ASSERT_NE(begin, 0U) << line;
        const std::size_t end = good.find('\n', begin) + 1;
        std::ofstream(path_) << good.substr(0, begin) + good.substr(end);
        EXPECT_FALSE(recalled_at(0, 0)) << "without " << line;
        std::ofstream(path_) << good.substr(0, begin) + line + "\x01\n" + good.substr(end);
        EXPECT_FALSE(recalled_at(0, 0)) << "with no value of " << line;
    }
    std::string odd = good;
    odd.replace(odd.find("code 4"), 6, "code 0"); // would end with success
    std::ofstream(path_) << odd;
    EXPECT_FALSE(recalled_at(0, 0)) << "exit code 0";
    std::ofstream(path_) << good;
    EXPECT_TRUE(recalled_at(0, 0));
    ASSERT_EQ(::chmod(path_.c_str(), 0644), 0);
    EXPECT_FALSE(recalled_at(0, 0)) << "others could have read it, so they may have written it";
    std::filesystem::remove(path_);
    std::ofstream(directory_ + "/other") << good;
    ASSERT_EQ(::chmod((directory_ + "/other").c_str(), 0600), 0);
    std::filesystem::create_symlink(directory_ + "/other", path_);
    EXPECT_FALSE(recalled_at(0, 0)) << "a symlink";
}

} // namespace
} // namespace leasehold::cache
