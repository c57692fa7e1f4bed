// When a cached token is served, renewed and given up. Pure: all times come in as values
// (H13 to H15, CACHE-2 to CACHE-5).
#pragma once

#include "src/base/clock.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace leasehold::cache {

// When something was issued by the local clocks, and how long it is good for what, each counted
// from the issue: 0 <= refresh_after <= serve_for <= reported_for <= ends_after.
struct Lifetime {
    UnixTime issued_wall = 0;
    std::int64_t issued_boot = 0; // seconds of CLOCK_BOOTTIME
    std::string boot_id;          // the boot that issued_boot belongs to; empty if unknown
    Seconds refresh_after{0};     // from here on a hit is served, and renewed in the background
    Seconds serve_for{0};         // from here on it is a miss, though the token is still valid
    Seconds reported_for{0};      // what clients are told
    Seconds ends_after{0};        // what the issuer said

    friend bool operator==(const Lifetime&, const Lifetime&) = default;
};

// Plans for a token of `life` that was asked for at `now`:
// - reported 30 to 60 s early (a twentieth of a life under 10 minutes), since client-go uses a
//   token until the reported second (H14);
// - renewed when the reported life left falls below max(6 min, 20 %), in a short life after 40 %
//   of it (H13), and after 24 hours in any case (as kubelet does), `jitter` earlier;
// - no longer served when the reported life left falls below 5 minutes or half of a shorter life:
//   the Python client would ask again before each of its calls (H13).
[[nodiscard]] Lifetime plan_lifetime(Seconds life, Instant now, std::string boot_id,
                                     Seconds jitter);

// How much earlier than it must a lease is renewed: 0 to half of the time until then, all equally
// likely. A million hosts that leased in the same second so renew at no more than twice their mean
// rate (LOCK-4, tests/bench/fleet_model.cpp), for a third more leases.
[[nodiscard]] Seconds choose_jitter(Seconds life, std::uint32_t random);

enum class Freshness {
    fresh, // serve it
    due,   // serve it and renew it
    spent, // a miss
};

struct Judgement {
    Freshness freshness = Freshness::spent;
    // What to tell the client, by the local wall clock as it stands now. In the future whenever
    // `usable` is set (H15).
    UnixTime reported_expiry = 0;
    // Still valid by every clock: better than nothing when no new token is to be had (CACHE-3).
    bool usable = false;
    // Until the issuer's end; zero if that has passed or cannot be told.
    Seconds left{0};
    // For how much longer a hit is served; zero if that has passed or cannot be told.
    Seconds servable{0};
};

// By both clocks within one boot, the earlier end counting; by the wall clock alone after a reboot.
// A wall clock that stands before the issue cannot be trusted: spent (CACHE-5).
[[nodiscard]] Judgement judge(const Lifetime& lifetime, Instant now, std::string_view boot_id);

// How long to ask for no other token after an attempt failed, while the old one is good: half to
// all of the time for which it is still served or, if it is spent, reported. Nobody misses
// anything, and the server that comes back is not met by all at once (LOCK-4). Zero if the old
// token is of no use.
[[nodiscard]] Seconds choose_pause(const Judgement& old, UnixTime now, std::uint32_t random);

} // namespace leasehold::cache
