// From the first lease of a run to its last: `leasehold exec` once everything local is ready.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/run/command.hpp"
#include "helper/run/files.hpp"
#include "helper/run/leasing.hpp"
#include "src/base/error.hpp"

#include <csignal>
#include <string>
#include <vector>

namespace leasehold::helper {

// The signals that a run passes on. While an object exists they are blocked here, and SIGCHLD with
// them, so that none ends the process before it has cleared away.
class RunSignals {
public:
    RunSignals();
    RunSignals(const RunSignals&) = delete;
    RunSignals& operator=(const RunSignals&) = delete;
    ~RunSignals();

    // The mask as it was.
    [[nodiscard]] const sigset_t& before() const { return before_; }
    [[nodiscard]] const sigset_t& ours() const { return ours_; }

private:
    sigset_t ours_{};
    sigset_t before_{};
};

// Leases for every profile of the run, lets the command run, keeps the leases fresh, and clears
// away when it has ended. The exit code: the command's, 128 and the number for a signal, or that
// of what kept it from running. Errors were told on stderr, but for the one that is answered: then
// nothing was leased or run.
[[nodiscard]] Result<int> supervise(const Process& process, RunFiles& run, CommandProcess& command,
                                    const RunSignals& signals, const RunLeasing& how);

} // namespace leasehold::helper
