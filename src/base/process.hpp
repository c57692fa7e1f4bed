// Running another program within a deadline, with nothing of ours leaking into it.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/base/secret.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold {

struct ChildOptions {
    std::vector<std::string> argv; // argv[0] is the program; an absolute path unless
    bool search_path = false;      // this is set, when PATH of `environment` is searched
    std::map<std::string, std::string, std::less<>> environment; // all the child gets
    std::string input = {};             // written to its stdin, which then ends
    std::size_t output_limit = 1 << 20; // more on stdout kills it
    std::size_t error_limit = 4096;     // of more on stderr the middle is dropped
    std::string working_directory = {}; // empty: ours
    int descriptor = -1;                // given to the child as 3, if there is one
    // A program that asks people: it has our stdin in place of `input`, and stays in our process
    // group, so that a terminal lets it read and Ctrl-C ends it.
    bool own_stdin = false;
    bool own_stderr = false;   // it writes to ours; `error_output` stays empty
    bool ends_with_us = false; // end_children() ends it (child.hpp)
};

struct ChildOutcome {
    enum class End { exited, signalled, timed_out, too_much_output, interrupted };
    End end = End::exited;
    int status = 0; // exit code or signal number
    Secret output;  // stdout; may hold a credential
    std::string error_output;
};

// The first `name` that may be executed in a PATH; "" if there is none. Only absolute entries
// count: a program is never taken from the working directory.
[[nodiscard]] std::string find_program(const std::string& name, std::string_view path);

// Runs the child in a process group of its own with no descriptor of ours but those that are given,
// until it ends: what it leaves running is neither waited for nor killed. At the deadline the whole
// group is; of a child in our group the child alone. An
// Error only if it could not be started at all: ErrorCode::internal, or ::configuration when the
// program is missing or not executable.
[[nodiscard]] Result<ChildOutcome> run_child(const ChildOptions& options, Deadline deadline);

} // namespace leasehold
