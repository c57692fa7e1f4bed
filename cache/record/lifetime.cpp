#include "cache/record/lifetime.hpp"

#include <algorithm>

namespace leasehold::cache {
namespace {

constexpr Seconds zero{0};
// Nobody leases for longer; it keeps the arithmetic far from overflow.
constexpr Seconds longest_life = std::chrono::hours(24 * 365 * 100);
constexpr Seconds renewed_at_the_latest = std::chrono::hours(24);
// A clock that is set back by less is being disciplined, not wrong.
constexpr std::int64_t tolerated_step_back = 1;

Seconds report_margin(Seconds life) {
    if (life < Seconds(600))
        return std::max(life / 20, Seconds(1));
    return std::clamp(life / 20, Seconds(30), Seconds(60));
}

Seconds refresh_threshold(Seconds life) {
    return std::min(std::max(Seconds(360), life / 5), life * 11 / 20);
}

// When to renew at the latest, counted from the issue.
Seconds latest_refresh(Seconds life) {
    const Seconds reported = std::max(life - report_margin(life), zero);
    return std::min(reported - std::min(refresh_threshold(life), reported), renewed_at_the_latest);
}

Seconds at_random(Seconds least, Seconds most, std::uint32_t random) {
    const auto choices = static_cast<std::uint64_t>(std::max(most - least, zero).count()) + 1;
    return least + Seconds(static_cast<Seconds::rep>(random % choices));
}

struct Elapsed {
    bool known = false;
    Seconds time{0};
};

Elapsed elapsed_since(const Lifetime& lifetime, Instant now, bool same_boot) {
    const std::int64_t by_wall = now.wall - lifetime.issued_wall;
    const std::int64_t by_boot = now.boot - lifetime.issued_boot;
    // The two clocks tick at different fractions of a second: apart by one, they agree, and every
    // call then reports the same expiry.
    if (same_boot && by_boot >= 0)
        return {true,
                Seconds(by_boot - by_wall > 1 ? by_boot : std::max<std::int64_t>(by_wall, 0))};
    if (!same_boot && by_wall >= -tolerated_step_back)
        return {true, Seconds(std::max<std::int64_t>(by_wall, 0))};
    return {}; // a boot clock that ran back, or a wall clock that stands before the issue
}

} // namespace

Lifetime plan_lifetime(Seconds life, Instant now, std::string boot_id, Seconds jitter) {
    life = std::clamp(life, zero, longest_life);
    const Seconds reported = std::max(life - report_margin(life), zero);
    const Seconds threshold = std::min(refresh_threshold(life), reported);
    const Seconds floor =
        std::min({Seconds(300), life / 2, std::max(threshold - Seconds(1), zero)});
    Lifetime lifetime;
    lifetime.issued_wall = now.wall;
    lifetime.issued_boot = now.boot;
    lifetime.boot_id = std::move(boot_id);
    lifetime.refresh_after = std::max(latest_refresh(life) - std::max(jitter, zero), zero);
    lifetime.serve_for = reported - floor;
    lifetime.reported_for = reported;
    lifetime.ends_after = life;
    return lifetime;
}

Seconds choose_jitter(Seconds life, std::uint32_t random) {
    return at_random(zero, latest_refresh(std::clamp(life, zero, longest_life)) / 2, random);
}

Seconds choose_pause(const Judgement& old, UnixTime now, std::uint32_t random) {
    if (!old.usable)
        return zero;
    const Seconds most =
        old.freshness == Freshness::spent ? Seconds(old.reported_expiry - now) : old.servable;
    return at_random(most / 2, most, random);
}

Judgement judge(const Lifetime& lifetime, Instant now, std::string_view boot_id) {
    const bool same_boot = !boot_id.empty() && boot_id == lifetime.boot_id;
    const Elapsed elapsed = elapsed_since(lifetime, now, same_boot);
    if (!elapsed.known)
        return {Freshness::spent, now.wall, false, zero, zero};
    Judgement judgement;
    judgement.reported_expiry = now.wall + (lifetime.reported_for - elapsed.time).count();
    judgement.usable = elapsed.time < lifetime.reported_for;
    judgement.servable = std::max(lifetime.serve_for - elapsed.time, zero);
    judgement.left = std::max(lifetime.ends_after - elapsed.time, zero);
    const bool clock_set_back = now.wall < lifetime.issued_wall - tolerated_step_back;
    if (!judgement.usable || clock_set_back || elapsed.time >= lifetime.serve_for)
        judgement.freshness = Freshness::spent;
    else
        judgement.freshness =
            elapsed.time < lifetime.refresh_after ? Freshness::fresh : Freshness::due;
    return judgement;
}

} // namespace leasehold::cache
