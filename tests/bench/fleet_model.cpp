// A fleet of hosts with one lease each, second by second, through the code that decides when a
// host leases: cache/record/lifetime.cpp and cache/notes/refusal.cpp. It counts the leases that the
// server grants per second, and answers whether hosts that were brought into step stay in step:
//
//     fleet_model [--check] [HOSTS]
//
// One line of JSON per scenario: mean and peak leases per second, and their ratio. With --check
// only the scenarios that have a limit, with fewer hosts and over 5 seconds instead of one; the
// exit status is 1 if one is above its limit. The random numbers are the same in every run.
#include "cache/notes/refusal.hpp"
#include "cache/record/lifetime.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

using namespace leasehold;

constexpr Seconds life{3600};
constexpr std::int64_t hour = 3600;
// Far enough behind any start that the hosts are out of step again.
constexpr std::int64_t settled = 8 * hour;
constexpr std::int64_t horizon = settled + 3 * hour;
constexpr std::string_view boot = "b";

// splitmix64: the same everywhere, which the standard's distributions are not.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }
    std::uint32_t next32() { return static_cast<std::uint32_t>(next() >> 32); }
    double fraction() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

private:
    std::uint64_t state_;
};

// Who calls kubectl on a host: controllers, IDEs and CI jobs poll, people come when they like.
struct Caller {
    unsigned percent;
    bool polls;
    std::int64_t seconds; // the period, or the mean time between calls
};
constexpr std::array<Caller, 6> callers{Caller{10, true, 5},    Caller{15, true, 30},
                                        Caller{25, true, 60},   Caller{20, true, 300},
                                        Caller{15, false, 300}, Caller{15, false, 1200}};

struct Outage {
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

using Counts = std::vector<std::uint32_t>;

class Host {
public:
    Host(std::uint64_t seed, Outage outage, Counts& granted)
        : random_(seed), outage_(outage), granted_(granted) {
        auto part = static_cast<unsigned>(random_.next32() % 100);
        for (const Caller& caller : callers) {
            caller_ = &caller;
            if (part < caller.percent)
                break;
            part -= caller.percent;
        }
        phase_ = caller_->polls ? static_cast<std::int64_t>(
                                      random_.next() % static_cast<std::uint64_t>(caller_->seconds))
                                : 0;
    }

    // From its first call, at `start` or as soon as somebody calls.
    void live(std::int64_t start) {
        std::int64_t now = call_from(start);
        lease(now);
        while (now < horizon)
            now = next_lease(now);
    }

private:
    // The first call at or after `time`.
    std::int64_t call_from(std::int64_t time) {
        if (!caller_->polls)
            return time + static_cast<std::int64_t>(-std::log1p(-random_.fraction()) *
                                                    static_cast<double>(caller_->seconds));
        const std::int64_t late = (time - phase_) % caller_->seconds;
        return late <= 0 ? time - late : time + caller_->seconds - late;
    }

    void lease(std::int64_t now) {
        lifetime_ = cache::plan_lifetime(life, {now, now}, std::string(boot),
                                         cache::choose_jitter(life, random_.next32()));
        if (now < horizon)
            ++granted_[static_cast<std::size_t>(now)];
    }

    // Calls until one of them gets a new lease; when that was.
    std::int64_t next_lease(std::int64_t now) {
        std::int64_t quiet_until = now + lifetime_.refresh_after.count();
        while (true) {
            now = call_from(quiet_until);
            if (now < outage_.begin || now >= outage_.end) {
                lease(now);
                return now;
            }
            quiet_until = now + pause_after_failure(now).count();
        }
    }

    // Behind a token that is still good nobody waits; without one the next call asks again as soon
    // as the failure is forgotten.
    Seconds pause_after_failure(std::int64_t now) {
        const Seconds refused =
            cache::refusal_time(make_error(ErrorCode::unreachable, std::string()));
        const auto judgement = cache::judge(lifetime_, {now, now}, boot);
        return std::max(cache::choose_pause(judgement, now, random_.next32()), refused);
    }

    Random random_;
    Outage outage_;
    Counts& granted_;
    const Caller* caller_ = nullptr;
    std::int64_t phase_ = 0;
    cache::Lifetime lifetime_;
};

// `together`: all start in the same second; else over the first hour.
Counts run_fleet(std::uint64_t hosts, bool together, Outage outage) {
    Counts granted(static_cast<std::size_t>(horizon));
    Random seeds(42);
    for (std::uint64_t host = 0; host < hosts; ++host) {
        const std::uint64_t seed = seeds.next();
        const std::int64_t start = together ? 0 : static_cast<std::int64_t>(seed % hour);
        Host(seed, outage, granted).live(start);
    }
    return granted;
}

struct Figures {
    double mean;
    double peak;
};

// The mean and the peak, taken over `window` seconds.
Figures look_at(const Counts& granted, std::int64_t from, std::int64_t to, std::int64_t window) {
    std::uint64_t sum = 0;
    std::uint64_t peak = 0;
    for (auto at = from; at + window <= to; at += window) {
        std::uint64_t part = 0;
        for (auto second = at; second < at + window; ++second)
            part += granted[static_cast<std::size_t>(second)];
        sum += part;
        peak = std::max(peak, part);
    }
    return {static_cast<double>(sum) / static_cast<double>(to - from),
            static_cast<double>(peak) / static_cast<double>(window)};
}

// Prints one line; whether the limit, if there is one, is kept.
bool report(std::string_view name, double mean, double peak, double limit) {
    const double ratio = peak / mean;
    std::printf("{\"scenario\": \"%.*s\", \"mean\": %.1f, \"peak\": %.0f, \"ratio\": %.2f, "
                "\"limit\": %.1f}\n",
                static_cast<int>(name.size()), name.data(), mean, peak, ratio, limit);
    return limit == 0 || ratio <= limit;
}

bool model(std::uint64_t hosts, bool check) {
    const std::int64_t window = check ? 5 : 1;
    const Counts cold = run_fleet(hosts, true, {});
    const Figures steady = look_at(cold, settled, horizon, window);
    bool kept = report("steady state", steady.mean, steady.peak, 2);
    // Whoever calls has no token yet and needs one: no choice of ours spreads that.
    if (!check)
        (void)report("cold start: the first 5 s", steady.mean, look_at(cold, 0, 5, window).peak, 0);
    // After 20 minutes nothing is left of the start but its echoes.
    const Figures echoes = look_at(cold, 1200, settled, window);
    kept = report("cold start: its echoes", steady.mean, echoes.peak, 2) && kept;
    for (const std::int64_t minutes : {5, 10, 15, 30, 60}) {
        const bool limited = minutes <= 10;
        if (check && minutes != 10)
            continue;
        const Outage outage{settled, settled + minutes * 60};
        const Counts counts = run_fleet(hosts, false, outage);
        const Figures after = look_at(counts, outage.end, horizon, window);
        const std::string name = "outage of " + std::to_string(minutes) + " min: its end";
        kept = report(name, steady.mean, after.peak, limited ? 2 : 0) && kept;
    }
    std::printf("{\"hosts\": %llu, \"life\": %lld}\n", static_cast<unsigned long long>(hosts),
                static_cast<long long>(life.count()));
    return kept;
}

} // namespace

int main(int argc, char** argv) {
    const bool check = argc > 1 && std::string_view(argv[1]) == "--check";
    const char* hosts = argc > 1 + static_cast<int>(check) ? argv[1 + static_cast<int>(check)]
                        : check                            ? "100000"
                                                           : "1000000";
    return model(std::strtoull(hosts, nullptr, 10), check) || !check ? 0 : 1;
}
