// Locks and notes of keys that nobody asks for any more: of profiles that are gone, of identities
// that were changed.
#pragma once

#include "src/base/clock.hpp"

#include <string>
#include <string_view>

namespace leasehold::cache {

// How long a file of a key is left alone: longer than a failure is remembered, and than it matters
// who was handed what.
inline constexpr Seconds refusals_stay{3600};
inline constexpr Seconds locks_stay{24 * 3600};
inline constexpr Seconds handings_stay{7 * 24 * 3600};

// Removes from the runtime directory what has not been written to for that long. A lock that
// somebody holds stays, and who waits for one that is removed finds that out (lock.hpp).
void sweep_notes(const std::string& runtime_directory, UnixTime now);

// The same of one key, whatever its age.
void remove_notes(const std::string& runtime_directory, std::string_view key_digest);

} // namespace leasehold::cache
