// Taking kubeconfig entries of profiles away, from every file that has some.
#pragma once

#include "helper/process/edges.hpp"
#include "kubeconfig/document/document.hpp"
#include "src/base/error.hpp"

#include <map>
#include <optional>
#include <string>

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
    std::string files;                        // those that were looked at
    std::map<std::string, std::string> found; // by profile: its contexts, with their files
};

// Each file is written once, however many profiles there are.
[[nodiscard]] Result<RemovalOutcome> remove_entries(const Process& process,
                                                    const kubeconfig::ProfileNames& profiles,
                                                    const RemovalWish& wish);

} // namespace leasehold::helper
