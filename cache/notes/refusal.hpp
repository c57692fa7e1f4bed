// The memory of a failure: for a few seconds the same answer is given again without asking the
// server, so that a loop of calls is no storm (LOCK-3, LOCK-5).
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leasehold::cache {

// How long a failure answers for the calls that follow (LOCK-3): long enough that a loop of kubectl
// calls is no storm, short enough that nobody waits once the cause is mended. 15 s for a denial,
// 5 s (or Retry-After, up to a minute) for trouble on the way, 0 for what is wrong with this
// machine or what its user wrote.
[[nodiscard]] Seconds refusal_time(const Error& error);

// Keeps code, message and hint (no secret may be in them) in DIRECTORY/DIGEST.refusal for `time`.
// Best effort: where nothing can be written, nothing is remembered.
void remember_refusal(const std::string& directory, std::string_view key_digest, const Error& error,
                      Seconds time, Instant now);

// The error as it was, with the seconds for which it is still remembered as its retry_after, while
// its time has not passed by either clock. Both must stand within the
// time it was kept for, so that a clock that jumps ends it rather than prolongs it.
[[nodiscard]] std::optional<Error> recall_refusal(const std::string& directory,
                                                  std::string_view key_digest, Instant now);

void forget_refusal(const std::string& directory, std::string_view key_digest);

} // namespace leasehold::cache
