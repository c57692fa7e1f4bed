#include "helper/process/watchdog.hpp"

#include "src/base/child.hpp"
#include "src/base/error.hpp"
#include "src/base/fd.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <memory>
#include <thread>

#include <unistd.h>

namespace leasehold::helper {
namespace {

using Ticks = std::chrono::steady_clock::rep;

// Shared with a thread that outlives every scope.
std::atomic<Ticks> end_of_process{0};
std::atomic<bool> interrupted{false};
std::atomic<int> leases_in_the_making{0};
std::atomic<int> listed_in_the_making{0}; // those of them that a list could show

enum class Speaker { none, main_thread, watchdog };
std::atomic<Speaker> last_speaker{Speaker::none};

std::atomic<std::string*> announced{nullptr}; // what a person is to be told

constexpr Milliseconds patience{2000};

// For the main thread to say by itself what it did.
constexpr Milliseconds last_words{300};

sigset_t signals_that_end_us() {
    sigset_t signals;
    (void)::sigemptyset(&signals);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction action {};
        if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler != SIG_IGN)
            (void)::sigaddset(&signals, number);
    }
    return signals;
}

// Until nothing is being made any more, the grace is over or another signal says that it is.
void wait_for_leases(const sigset_t& signals) {
    constexpr timespec slice{0, 5'000'000};
    const auto end = std::chrono::steady_clock::now() + interruption_grace;
    while (leases_in_the_making != 0) {
        if (std::chrono::steady_clock::now() >= end ||
            ::sigtimedwait(&signals, nullptr, &slice) > 0)
            return;
    }
    std::this_thread::sleep_for(last_words);
}

// Unless the main thread has begun to say why the process ends: that is left to it.
void say_last(std::string_view text) {
    if (last_speaker.exchange(Speaker::watchdog) == Speaker::main_thread)
        std::this_thread::sleep_for(last_words);
    else
        write_if_possible(2, text);
}

[[noreturn]] void leave_interrupted(const sigset_t& signals) {
    interrupted = true;
    end_children(SIGTERM);
    const bool waits = leases_in_the_making != 0;
    if (waits)
        wait_for_leases(signals);
    say_last(listed_in_the_making == 0
                 ? "leasehold: error: interrupted\n"
                 : "leasehold: error: interrupted, before it was known whether a lease "
                   "was made\n"
                   "hint: 'leasehold lease list' shows one that was; 'leasehold "
                   "lease revoke ID' ends it\n");
    if (waits)
        end_children(SIGKILL);
    ::_exit(static_cast<int>(ErrorCode::interrupted));
}

// What is told of `since`, once.
void tell_what_is_done(std::chrono::steady_clock::time_point since) {
    if (std::chrono::steady_clock::now() - since < patience)
        return;
    const std::unique_ptr<std::string> what(announced.exchange(nullptr));
    if (what && ::isatty(2) == 1)
        write_if_possible(2, "leasehold: " + *what + " ...\n");
}

void guard(sigset_t signals) {
    constexpr timespec slice{0, 100'000'000};
    const auto since = std::chrono::steady_clock::now();
    while (true) {
        tell_what_is_done(since);
        const Deadline::SteadyTime end{
            Deadline::SteadyTime::duration(end_of_process.load(std::memory_order_relaxed))};
        if (std::chrono::steady_clock::now() >= end)
            break;
        // In slices, so that a deadline that is moved nearer is noticed.
        if (::sigtimedwait(&signals, nullptr, &slice) > 0)
            leave_interrupted(signals);
    }
    say_last("leasehold: error: the deadline passed\n"
             "hint: a server, the resolver, the secret store or the reader of this "
             "output does not answer; 'leasehold doctor' finds which\n");
    ::_exit(static_cast<int>(ErrorCode::timed_out));
}

} // namespace

void start_watchdog(Deadline deadline) {
    const Ticks end = (deadline.time() + watchdog_grace).time_since_epoch().count();
    if (end_of_process.exchange(end, std::memory_order_relaxed) != 0)
        return;
    const sigset_t signals = signals_that_end_us();
    (void)::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    // Every other signal belongs to the main thread.
    sigset_t all;
    sigset_t old;
    (void)::sigfillset(&all);
    (void)::pthread_sigmask(SIG_SETMASK, &all, &old);
    std::thread(guard, signals).detach();
    (void)::pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

void announce(std::string what) {
    const std::unique_ptr<std::string> former(announced.exchange(new std::string(std::move(what))));
}

void take_last_word() {
    if (last_speaker.exchange(Speaker::main_thread) == Speaker::watchdog)
        std::this_thread::sleep_for(interruption_grace); // the watchdog ends the process
}

bool was_interrupted() {
    return interrupted;
}

LeaseInTheMaking::LeaseInTheMaking(bool listed) : listed_(listed) {
    ++leases_in_the_making;
    listed_in_the_making += listed_ ? 1 : 0;
}

LeaseInTheMaking::~LeaseInTheMaking() {
    listed_in_the_making -= listed_ ? 1 : 0;
    --leases_in_the_making;
}

} // namespace leasehold::helper
