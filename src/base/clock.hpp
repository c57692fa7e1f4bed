// The clocks a lease is judged by, as values, so that tests can set them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace leasehold {

using Seconds = std::chrono::seconds;
using Milliseconds = std::chrono::milliseconds;

// Whole seconds since 1970-01-01T00:00:00Z, by the local wall clock.
using UnixTime = std::int64_t;

// One look at the clocks. The wall clock may jump; `boot` counts from the start of the machine,
// goes on during suspend and never jumps, but means nothing after a reboot.
struct Instant {
    UnixTime wall = 0;
    std::int64_t boot = 0; // seconds of CLOCK_BOOTTIME
};

// Where the time comes from. One per process; tests pass a ManualClock.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Instant now() const = 0;
    // The kernel's random id of this boot (/proc/sys/kernel/random/boot_id); empty if unknown.
    [[nodiscard]] virtual std::string boot_id() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override;
    [[nodiscard]] std::string boot_id() const override;
};

// A clock that stands still until told otherwise.
class ManualClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override { return instant; }
    [[nodiscard]] std::string boot_id() const override { return boot; }

    Instant instant = {1'800'000'000, 10'000};
    std::string boot = "00000000-0000-4000-8000-000000000000";
};

// A point on the monotonic clock by which something must have ended.
class Deadline {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    explicit Deadline(SteadyTime end) noexcept : end_(end) {}
    [[nodiscard]] static Deadline after(Milliseconds time) {
        return Deadline(std::chrono::steady_clock::now() + time);
    }

    [[nodiscard]] SteadyTime time() const noexcept { return end_; }
    // What is left, never below zero.
    [[nodiscard]] Milliseconds left() const;
    [[nodiscard]] bool passed() const { return left() == Milliseconds::zero(); }
    // The earlier of this deadline and `time` from now: the budget of one phase.
    [[nodiscard]] Deadline within(Milliseconds time) const;

private:
    SteadyTime end_;
};

} // namespace leasehold
