// Unlocking the Secret Service's default collection with the user's help: the one place where a
// prompt can come from. Stores never prompt; commands that a person runs call this before.
#pragma once

#include "cache/secret_service/store.hpp"

namespace leasehold::cache {

struct UnlockSettings {
    SecretServiceSettings service;     // its marker_directory holds the lock, too
    Milliseconds prompt_limit{60'000}; // the longest that a prompt may stand (SS-5)
};

// Makes the service ask the user to unlock its default collection if that is locked; nothing is
// asked if it is not. At most one prompt stands for all of this user's processes: the others wait
// for it, and what it came to answers for them and for the next five seconds (LOCK-8); where there
// is nowhere to lock there is no prompt. A prompt that nobody answers in time is dismissed, and so
// is that of a caller who is killed. Faults: ::locked if the user would not, nobody answered, or
// it is locked still; ::unavailable if the service went or is not there; ::timed_out, ::refused
// and ::failed as for any question.
[[nodiscard]] StoreResult<void> unlock_with_prompt(const UnlockSettings& settings);

// The prompt alone, without a look before or after and without a lock.
[[nodiscard]] StoreResult<void> ask_to_unlock(SecretServiceSettings settings, Milliseconds limit);

} // namespace leasehold::cache
