// The end of every call, whatever a library, a server or a daemon does (NET-1, F10), and in good
// order when it is interrupted (LEASE-4).
#pragma once

#include "src/base/clock.hpp"

#include <string>

namespace leasehold::helper {

// How long after the deadline the process is ended; until then the code in charge should have
// given up by itself, with a better message.
inline constexpr Milliseconds watchdog_grace{500};

// How long after SIGINT, SIGTERM or SIGHUP a lease may still be finished or taken back. A slow
// server needs seconds for that; somebody who cannot wait sends the signal again.
inline constexpr Milliseconds interruption_grace{5000};

// Starts a thread that, `watchdog_grace` after `deadline`, writes one line to stderr and leaves
// with ErrorCode::timed_out by _exit(2), which nothing can block. It also takes the signals that
// ask for the end, unless they were ignored from the start (nohup), and leaves with
// ErrorCode::interrupted: at once, or within interruption_grace while a lease is being made; a
// second signal ends that wait. May be called again to move the deadline. From the main thread,
// before others are started.
void start_watchdog(Deadline deadline);

// From now on: a person at a terminal is told this on stderr, once, if the process has run for two
// seconds under the watchdog. One line without its end.
void announce(std::string what);

// Before the main thread says why the process ends: the watchdog then says nothing more. If it has
// said so already, this does not return before the process ends.
void take_last_word();

// Whether such a signal has come: what is being made should be taken back.
[[nodiscard]] bool was_interrupted();

// While one exists something is being made at a server. `listed`: whether 'leasehold lease list'
// could show it, so that whoever interrupts is told to look there.
class LeaseInTheMaking {
public:
    explicit LeaseInTheMaking(bool listed);
    LeaseInTheMaking(const LeaseInTheMaking&) = delete;
    LeaseInTheMaking& operator=(const LeaseInTheMaking&) = delete;
    ~LeaseInTheMaking();

private:
    bool listed_;
};

} // namespace leasehold::helper
