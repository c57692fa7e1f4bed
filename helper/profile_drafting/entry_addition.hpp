// Adding the entries of profiles to kubeconfigs.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/profile_drafting/kubeconfig_entry.hpp"
#include "src/base/error.hpp"
#include "src/lease/profile/profile.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::helper {

// An entry to add. Those that go to one file go there in one step, by the first one's wish for a
// backup, a broken lock and a dry run.
struct EntryOrder {
    const lease::Profile* profile = nullptr;
    EntryWish wish;
};

struct EntryOutcome {
    std::string file;
    std::string context;
    bool changed = false;             // or would be
    std::string previous_current;     // the context that was current for clients
    std::string current;              // and that is now
    std::vector<std::string> notices; // things to tell
};

struct Additions {
    std::vector<EntryOutcome> entries; // in the order of the orders
    std::string diff;                  // of a dry run: of every file that would change
    // A file that could not be changed; the entries of those before it are in `entries`.
    std::optional<Error> error;
};

// Adds or updates the entries: all of a file or none. Idempotent: the same again changes nothing.
// Nothing is written if one of them may not be.
[[nodiscard]] Result<Additions> add_entries(const Process& process,
                                            const std::vector<EntryOrder>& orders);

// One of them.
[[nodiscard]] Result<EntryOutcome> add_entry(const Process& process, const lease::Profile& profile,
                                             const EntryWish& wish);

// A kubeconfig with the entries of these profiles and nothing else; the first context is current.
[[nodiscard]] Result<std::string> entries_alone(const Process& process,
                                                const std::vector<lease::Profile>& profiles,
                                                const EntryWish& wish,
                                                std::vector<std::string>& notices);

} // namespace leasehold::helper
