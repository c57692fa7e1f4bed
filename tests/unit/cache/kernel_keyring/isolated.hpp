// Runs a piece of a test as a user who owns no key yet: the kernel's keyrings, unlike files, cannot
// be given a private place, and the keys of whoever runs the tests are not ours to touch.
#pragma once

#include "tests/support/keyring_forbidden.hpp"
#include "tests/support/left_out.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace leasehold::test {

class KeyringTest : public testing::Test {
protected:
    void SetUp() override {
        if (keyring_forbidden())
            LEASEHOLD_LEFT_OUT(no_keyring);
    }
};

// In a child process: a throw-away uid if this is root (small quota), else a user namespace. `run`
// returns "" or what went wrong, which is what comes back; so does a crash or a missing right.
[[nodiscard]] std::string in_isolation(const std::function<std::string()>& run);

// In a plain child process.
[[nodiscard]] std::string in_child(const std::function<std::string()>& run);

} // namespace leasehold::test
