// What is noted about profiles goes with them: locks and short memories in the runtime directory,
// and in the state directory who asked, for which account, when it was swept, which issuer.
#pragma once

#include "src/base/clock.hpp"

#include <cstddef>
#include <string>

namespace leasehold::lease {
struct Profile;
} // namespace leasehold::lease

namespace leasehold::helper {

struct Process;

// Where the notes about one profile are; read while it is there.
struct ProfileNotes {
    std::string name;   // of its files in the state directory
    std::string issuer; // the file of its cluster's issuer
    std::string key;    // the digest of its usual lease's key; "" where nobody can tell who asks
};
[[nodiscard]] ProfileNotes notes_about(const Process& process, const lease::Profile& profile);

// Once the profile is gone. The issuer stays if another profile is for its cluster, and the book of
// its leases for as long as one could last.
void forget_notes_about(const Process& process, const ProfileNotes& notes);

// How long notes stay that are no profile's of this configuration directory: they may be those of
// another one's, and a book outlives every lease in it.
inline constexpr Seconds strange_notes_stay{90 * 24 * 3600};

// And how many of a kind stay, but for books: a machine that gives each job a configuration
// directory of its own gets one of each with every job.
inline constexpr std::size_t most_strange_notes{2000};

// Removes what profiles have left that went without a word, and the locks of keys that nobody asks
// for any more. Of more than stay, those that were written last do.
void sweep_notes_of_gone(const Process& process);

// The same, once there are twice as many. After each new lease: nobody else sweeps where every
// profile is new.
void sweep_notes_if_many(const Process& process);

} // namespace leasehold::helper
