// Runs whose process was killed, and whose files and leases are still there.
#pragma once

#include "helper/process/edges.hpp"
#include "src/base/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::helper {

// Takes their tokens away, at once and without a network. Whether there are any.
[[nodiscard]] bool wipe_abandoned_runs(const Process& process);

// What came of ending them, lease by lease, for people.
struct EndedRuns {
    std::vector<std::string> removed; // or, in a dry run, what would be
    std::vector<Error> errors;        // why others are still there
};

// Ends their leases and removes their files; of one profile's name only, if it is given. Runs that
// have leases of other profiles, too, keep those.
[[nodiscard]] EndedRuns end_abandoned_runs_of(const Process& process,
                                              const std::optional<std::string>& profile,
                                              bool dry_run, bool verbose);

// The same for all of them, as a process's whole work; 0.
[[nodiscard]] int end_abandoned_runs(const Process& process);

} // namespace leasehold::helper
