// What a machine may lack: a test that cannot run without it is left out, and says why. The same
// for Python is tests/support/machine.py.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include <unistd.h>

// Ends the test, or its SetUp. With LEASEHOLD_NO_SKIPS in the environment, which packaging/test
// sets on a machine that lacks nothing, as a failure.
#define LEASEHOLD_LEFT_OUT(reason)                                                                 \
    do {                                                                                           \
        if (std::getenv("LEASEHOLD_NO_SKIPS") != nullptr)                                          \
            FAIL() << "left out where nothing is lacking (LEASEHOLD_NO_SKIPS): " << (reason);      \
        GTEST_SKIP() << "left out: " << (reason);                                                  \
    } while (false)

// Begins a test of `what` a program that watches itself does otherwise: calls, memory, libraries.
#define LEASEHOLD_NEED_PLAIN_PROGRAM(what)                                                         \
    do {                                                                                           \
        if (std::getenv("LEASEHOLD_INSTRUMENTED") != nullptr)                                      \
            GTEST_SKIP() << "left out: " << (what)                                                 \
                         << ": sanitizers and the counts of coverage have their own";              \
    } while (false)

// Begins a test that does what only root can: becomes another user, gives a file away. For somebody
// else a process of its own does it, as root of a user namespace, and this one says how that ended.
#define LEASEHOLD_NEED_ROOT()                                                                      \
    do {                                                                                           \
        if (::geteuid() == 0)                                                                      \
            break;                                                                                 \
        if (!::leasehold::test::has_other_users())                                                 \
            LEASEHOLD_LEFT_OUT("other users are wanted; this is not root, and has no user "        \
                               "namespace with them (newuidmap, /etc/subuid)");                    \
        ASSERT_EQ(::leasehold::test::run_this_test_as_root(), 0) << "its words are above this";    \
        return;                                                                                    \
    } while (false)

namespace leasehold::test {

// unshare reads /etc/subuid and calls newuidmap.
inline int run_in_namespace(const std::string& command) {
    return std::system(("exec unshare --user --map-root-user --map-auto " + command).c_str());
}

inline bool has_other_users() {
    return run_in_namespace("true 2>/dev/null") == 0;
}

inline int run_this_test_as_root() {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    return run_in_namespace("'" + std::filesystem::read_symlink("/proc/self/exe").string() +
                            "' --gtest_filter='" + test.test_suite_name() + '.' + test.name() +
                            "'");
}

} // namespace leasehold::test
