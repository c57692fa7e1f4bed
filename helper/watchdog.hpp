// The end of every call, whatever a library, a server or a daemon does (NET-1, F10).
#pragma once

#include "src/base/clock.hpp"

namespace leasehold::helper {

// How long after the deadline the process is ended; until then the code in charge should have
// given up by itself, with a better message.
inline constexpr Milliseconds watchdog_grace{500};

// Starts a thread that, `watchdog_grace` after `deadline`, writes one line to stderr and leaves
// with ErrorCode::timed_out by _exit(2), which nothing can block. May be called again to move
// the deadline.
void start_watchdog(Deadline deadline);

} // namespace leasehold::helper
