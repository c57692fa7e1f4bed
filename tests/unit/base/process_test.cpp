#include "src/base/child.hpp"
#include "src/base/process.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include <unistd.h>

namespace leasehold {
namespace {

using End = ChildOutcome::End;

ChildOptions shell(std::string script) {
    ChildOptions options;
    options.argv = {"/bin/sh", "-c", std::move(script)};
    options.environment = {{"PATH", "/usr/bin:/bin"}};
    return options;
}

TEST(RunChild, PassesInputAndOutput) {
    ChildOptions options = shell("cat; echo err >&2; exit 3");
    options.input = std::string(300'000, 'x');
    options.output_limit = 400'000;
    const auto outcome = run_child(options, Deadline::after(Seconds(20)));
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->end, End::exited);
    EXPECT_EQ(outcome->status, 3);
    EXPECT_EQ(outcome->output.reveal(), options.input);
    EXPECT_EQ(outcome->error_output, "err\n");
}

TEST(RunChild, GivesOnlyTheEnvironmentAndDescriptorsSaid) {
    (void)::setenv("LEASEHOLD_TEST_CANARY", "leaked", 1);
    const auto outcome =
        run_child(shell("env; ls /proc/self/fd | wc -l"), Deadline::after(Seconds(20)));
    ASSERT_TRUE(outcome);
    const std::string text(outcome->output.reveal());
    EXPECT_EQ(text.find("leaked"), std::string::npos) << text;
    // 0, 1, 2 and the one that ls itself opens.
    EXPECT_NE(text.find("\n4\n"), std::string::npos) << text;
}

// Whoever interrupts us may do so at any moment.
ChildOutcome run_and_end_children(const ChildOptions& options, int signal) {
    std::atomic<bool> ended{false};
    std::thread interrupter([&] {
        while (!ended) {
            end_children(signal);
            std::this_thread::sleep_for(Milliseconds(5));
        }
    });
    auto outcome = run_child(options, Deadline::after(Seconds(60)));
    ended = true;
    interrupter.join();
    EXPECT_TRUE(outcome);
    return outcome ? *std::move(outcome) : ChildOutcome();
}

TEST(RunChild, EndsWithUsWhereItShall) {
    ChildOptions options = shell("sleep 300 & sleep 300");
    options.ends_with_us = true;
    EXPECT_EQ(run_and_end_children(options, SIGTERM).end, End::interrupted);
    options = shell("trap '' TERM; sleep 300 & wait");
    options.ends_with_us = true;
    EXPECT_EQ(run_and_end_children(options, SIGKILL).end, End::interrupted);
}

TEST(RunChild, GoesOnWithoutUsWhereNothingSaysOtherwise) {
    const ChildOutcome outcome = run_and_end_children(shell("sleep 0.1; exit 3"), SIGKILL);
    EXPECT_EQ(outcome.end, End::exited);
    EXPECT_EQ(outcome.status, 3);
}

TEST(RunChild, EndsAWholeGroupAtTheDeadline) {
    const auto begin = std::chrono::steady_clock::now();
    const auto outcome =
        run_child(shell("trap '' TERM; sleep 60 & sleep 60"), Deadline::after(Milliseconds(200)));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->end, End::timed_out);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, Seconds(30)) << "the child was waited for";
}

// An agent or a browser that a plugin starts keeps its outputs open.
TEST(RunChild, WaitsForTheChildAndNotForWhatItLeavesBehind) {
    const auto outcome =
        run_child(shell("sleep 300 & echo $!; echo words >&2"), Deadline::after(Seconds(60)));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->end, End::exited);
    EXPECT_EQ(outcome->error_output, "words\n");
    const pid_t left = std::atoi(std::string(outcome->output.reveal()).c_str());
    ASSERT_GT(left, 1);
    EXPECT_EQ(::kill(left, 0), 0) << "it was killed";
    (void)::kill(left, SIGKILL);
}

TEST(RunChild, WaitsForAChildThatHasClosedItsOutputs) {
    const auto outcome = run_child(shell("echo done; exec >&- 2>&-; sleep 0.2; exit 4"),
                                   Deadline::after(Seconds(20)));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->output.reveal(), "done\n");
    EXPECT_EQ(outcome->status, 4);
}

TEST(RunChild, KeepsTheBeginningAndTheEndOfManyWords) {
    ChildOptions options = shell("echo first >&2; seq 100000 >&2; echo last >&2");
    options.error_limit = 64;
    const auto outcome = run_child(options, Deadline::after(Seconds(20)));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error_output.size(), 64u);
    EXPECT_TRUE(outcome->error_output.starts_with("first\n"));
    EXPECT_TRUE(outcome->error_output.ends_with("last\n"));
}

TEST(RunChild, EndsAChildThatPrintsWithoutEnd) {
    ChildOptions options = shell("yes");
    options.output_limit = 1000;
    const auto outcome = run_child(options, Deadline::after(Seconds(20)));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->end, End::too_much_output);
}

TEST(RunChild, TellsSignals) {
    const auto outcome = run_child(shell("kill -9 $$"), Deadline::after(Seconds(20)));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->end, End::signalled);
    EXPECT_EQ(outcome->status, SIGKILL);
}

TEST(RunChild, SurvivesAChildThatDoesNotRead) {
    ChildOptions options = shell("exec 0<&-; sleep 0.1; echo done");
    options.input = std::string(1 << 20, 'x');
    const auto outcome = run_child(options, Deadline::after(Seconds(20)));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->output.reveal(), "done\n");
}

TEST(RunChild, SaysWhatIsMissing) {
    ChildOptions options;
    options.argv = {"/nonexistent/program"};
    const auto outcome = run_child(options, Deadline::after(Seconds(20)));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::configuration);
    options.argv = {"no-such-program"};
    options.search_path = true;
    const auto searched = run_child(options, Deadline::after(Seconds(20)));
    ASSERT_FALSE(searched);
    EXPECT_NE(searched.error().message.find("PATH"), std::string::npos);
}

} // namespace
} // namespace leasehold
