// Taking kubeconfig entries of a profile away, from every file that has some.
#pragma once

#include "helper/process/edges.hpp"
#include "src/base/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::helper {

struct RemovalWish {
    std::optional<std::string> kubeconfig = {}; // only this file; else all that kubectl reads
    bool dry_run = false;
    bool break_lock = false;
};

// What to print: the changes, or for a dry run their diff; "" if there was nothing to remove.
// A file that cannot be edited is an error if it may hold some, once the others are done.
struct RemovalOutcome {
    std::string text;
    std::optional<Error> error;
    std::string files;   // those that were looked at
    std::string entries; // the contexts that were found, with their files
};

[[nodiscard]] Result<RemovalOutcome>
remove_entries(const Process& process, const std::string& profile, const RemovalWish& wish);

} // namespace leasehold::helper
