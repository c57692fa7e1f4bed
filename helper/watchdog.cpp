#include "helper/watchdog.hpp"

#include "src/base/error.hpp"
#include "src/base/fd.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

#include <unistd.h>

namespace leasehold::helper {
namespace {

using Ticks = std::chrono::steady_clock::rep;

// Shared with a thread that outlives every scope.
std::atomic<Ticks> end_of_process{0};

void guard() {
    while (true) {
        const Deadline::SteadyTime end{
            Deadline::SteadyTime::duration(end_of_process.load(std::memory_order_relaxed))};
        const auto now = std::chrono::steady_clock::now();
        if (now >= end)
            break;
        // In slices, so that a deadline that is moved nearer is noticed.
        std::this_thread::sleep_until(std::min(end, now + Milliseconds(100)));
    }
    (void)write_all(2, "leasehold: error: the deadline passed\n"
                       "hint: a server, the resolver or the secret store does not answer; "
                       "'leasehold doctor' finds which\n");
    ::_exit(static_cast<int>(ErrorCode::timed_out));
}

} // namespace

void start_watchdog(Deadline deadline) {
    const Ticks end = (deadline.time() + watchdog_grace).time_since_epoch().count();
    if (end_of_process.exchange(end, std::memory_order_relaxed) != 0)
        return;
    // Signals belong to the main thread.
    sigset_t all;
    sigset_t old;
    (void)::sigfillset(&all);
    (void)::pthread_sigmask(SIG_SETMASK, &all, &old);
    std::thread(guard).detach();
    (void)::pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

} // namespace leasehold::helper
