#include "cache/notes/handing.hpp"
#include "src/base/digest.hpp"
#include "src/base/files.hpp"
#include "tests/support/private_directory.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

constexpr Seconds minute{60};
const Asker kubectl{4711, 100};
const Asker another{4712, 200};

class HandingTest : public testing::Test {
protected:
    Suspicion ask(const Asker& asker, std::uint64_t tag = 1, Noting noting = Noting::by_front,
                  Seconds recheck = minute) const {
        return note_asking(path_, {asker, tag, now_, issued_, recheck}, noting);
    }
    // What a check, behind or before, leaves behind.
    void checked(bool refused = false) const {
        HealingTimes times = read_healing_times(path_);
        times.checked = now_;
        times.replacements = refused ? times.replacements + 1 : 0;
        times.replaced = refused ? now_ : times.replaced;
        write_healing_times(path_, times);
    }
    void SetUp() override {
        ASSERT_EQ(ask({1, 1}, 9, Noting::by_full_program), Suspicion::none) << "makes the file";
    }

    PrivateDirectory directory_;
    std::string path_ = handing_path(directory_.path(), sha256_hex("key"));
    std::int64_t now_ = 10'000;
    std::int64_t issued_ = 9'999;
};

TEST_F(HandingTest, AFreshTokenIsNotAskedAbout) {
    EXPECT_EQ(ask(kubectl), Suspicion::none);
    EXPECT_EQ(ask(kubectl), Suspicion::none);
    now_ += 3;
    EXPECT_EQ(ask(kubectl), Suspicion::none) << "it was leased four seconds ago";
}

TEST_F(HandingTest, WhoComesBackHasTheServerAskedFirst) {
    now_ += 10;
    EXPECT_EQ(ask(kubectl), Suspicion::none);
    now_ += 10;
    EXPECT_EQ(ask(another), Suspicion::none);
    EXPECT_EQ(ask(kubectl, 2), Suspicion::none) << "that is another token";
    now_ += 10;
    EXPECT_EQ(ask(another), Suspicion::before);
    EXPECT_EQ(ask({another.pid, 201}), Suspicion::none) << "the number of a process is used again";
}

TEST_F(HandingTest, TheFrontLeavesItToTheFullProgramToNote) {
    now_ += 10;
    EXPECT_EQ(ask(kubectl), Suspicion::none);
    now_ += 10;
    EXPECT_EQ(ask(kubectl), Suspicion::before);
    EXPECT_EQ(ask(kubectl, 1, Noting::by_full_program), Suspicion::before);
    checked();
    EXPECT_EQ(ask(kubectl), Suspicion::none) << "it was just asked about";
}

TEST_F(HandingTest, WhoAsksAgainAtOnceIsNotMadeToWait) {
    now_ += 10;
    EXPECT_EQ(ask(kubectl), Suspicion::none);
    EXPECT_EQ(ask(kubectl), Suspicion::behind);
    EXPECT_EQ(ask(kubectl), Suspicion::none) << "one check is on its way";
    EXPECT_EQ(ask(another), Suspicion::none);
    EXPECT_EQ(ask(another), Suspicion::none) << "for everybody";
}

TEST_F(HandingTest, WhoIsNewHasTheServerAskedOnceAMinuteAmongAll) {
    now_ += 58;
    EXPECT_EQ(ask(kubectl), Suspicion::none);
    now_ += 1;
    EXPECT_EQ(ask({100, 1}), Suspicion::behind);
    for (std::uint64_t pid = 101; pid < 200; ++pid)
        EXPECT_EQ(ask({pid, 1}), Suspicion::none);
    now_ += 1;
    checked();
    now_ += 59;
    EXPECT_EQ(ask({200, 1}), Suspicion::none);
    now_ += 1;
    EXPECT_EQ(ask({201, 1}), Suspicion::behind);
}

TEST_F(HandingTest, TheRecheckIsAsOftenAsTheProfileSays) {
    now_ += 600;
    EXPECT_EQ(ask({100, 1}, 1, Noting::by_front, Seconds(0)), Suspicion::none);
    EXPECT_EQ(ask({101, 1}, 1, Noting::by_front, Seconds(900)), Suspicion::none);
    EXPECT_EQ(ask({102, 1}, 1, Noting::by_front, Seconds(300)), Suspicion::behind);
    EXPECT_EQ(ask({103, 1}, 1, Noting::by_front, Seconds(300)), Suspicion::none);
}

TEST_F(HandingTest, WhoKeepsAskingForNothingIsCheckedOnceAMinute) {
    int checks = 0;
    for (const std::int64_t end = now_ + 600; now_ < end; now_ += 2) {
        if (ask(kubectl, 1, Noting::by_full_program) == Suspicion::none)
            continue;
        ++checks;
        checked();
    }
    EXPECT_GE(checks, 10);
    EXPECT_LE(checks, 4 + 10);
    now_ += 6;
    EXPECT_EQ(ask(another), Suspicion::none);
    now_ += 6;
    EXPECT_EQ(ask(another), Suspicion::before) << "another process has no such habit";
}

TEST_F(HandingTest, AServerThatTakesNoTokenAtAllCausesFewLeases) {
    int replacements = 0;
    std::uint64_t tag = 1;
    for (const std::int64_t end = now_ + 24 * 3600; now_ < end; now_ += 5)
        if (ask(kubectl, tag, Noting::by_full_program) != Suspicion::none &&
            may_check(read_healing_times(path_), now_)) {
            ++replacements;
            checked(true);
            ++tag;
            issued_ = now_;
        }
    EXPECT_GE(replacements, 24);
    EXPECT_LE(replacements, 6 + 24) << "in a day";
    now_ += 3600;
    checked();
    now_ += 60;
    EXPECT_TRUE(may_check(read_healing_times(path_), now_)) << "a word for the token ends it";
}

TEST_F(HandingTest, AClockThatMeansNothingKnowsNothing) {
    now_ += 100;
    checked();
    now_ -= 50; // another boot, another clock
    issued_ = 0;
    EXPECT_EQ(ask(kubectl), Suspicion::behind);
}

TEST_F(HandingTest, AFileThatIsTornOrForeignIsNotBelieved) {
    ASSERT_TRUE(write_file(path_, "short", 0600));
    EXPECT_EQ(ask(kubectl), Suspicion::none);
    ASSERT_TRUE(write_file(path_, std::string(5000, '\xff'), 0600));
    now_ += 100;
    EXPECT_EQ(ask(kubectl), Suspicion::behind);
    ASSERT_EQ(::chmod(path_.c_str(), 0644), 0);
    now_ += 100;
    EXPECT_EQ(ask(kubectl), Suspicion::none);
}

TEST_F(HandingTest, TheFrontMakesNoFile) {
    ASSERT_EQ(::unlink(path_.c_str()), 0);
    EXPECT_EQ(ask(kubectl), Suspicion::none);
    EXPECT_NE(::access(path_.c_str(), F_OK), 0);
}

// What tell_asker finds below a process that was started with these words.
Asker asker_below(const std::vector<const char*>& words) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        (void)::dup2(ends[1], STDOUT_FILENO);
        std::vector<char*> argv;
        for (const char* word : words)
            argv.push_back(const_cast<char*>(word));
        argv.push_back(nullptr);
        ::execv(words.front(), argv.data());
        ::_exit(127);
    }
    (void)::close(ends[1]);
    Asker asker;
    EXPECT_EQ(::read(ends[0], &asker, sizeof asker), static_cast<ssize_t>(sizeof asker));
    (void)::close(ends[0]);
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    return asker;
}

TEST(Asker, IsLookedForBehindTheShellOfOneCommand) {
    const std::string tell = "'" LEASEHOLD_TELL_ASKER "' && true";
    const auto own = static_cast<std::uint64_t>(::getpid());
    EXPECT_EQ(asker_below({"/bin/sh", "-c", tell.c_str()}).pid, own);
    EXPECT_EQ(asker_below({"/bin/sh", "-ec", tell.c_str()}).pid, own);
    EXPECT_EQ(asker_below({"/bin/bash", "-c", tell.c_str()}).pid, own);
    const PrivateDirectory directory;
    const std::string script = directory.path() + "/script";
    ASSERT_TRUE(write_file(script, tell, 0600));
    EXPECT_NE(asker_below({"/bin/sh", script.c_str()}).pid, own) << "a script asks for itself";
    EXPECT_NE(asker_below({"/bin/sh", script.c_str(), "-c"}).pid, own);
}

} // namespace
} // namespace leasehold::cache
