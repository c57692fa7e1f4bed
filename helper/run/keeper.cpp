#include "helper/run/keeper.hpp"

#include "helper/process/watchdog.hpp"

#include <algorithm>
#include <random>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

// Clocks that jump and machines that slept are noticed so soon.
constexpr Milliseconds between_looks{2000};
constexpr Seconds shortest_pause{15};
// No deadline is running while nothing is done.
constexpr Milliseconds for_ever{std::chrono::hours(24 * 365)};

class Keeping {
public:
    Keeping(const Process& process, RunFiles run, const std::string& name, const RunLeasing& how,
            int lifeline)
        : process_(process), run_(std::move(run)), name_(name), how_(how), lifeline_(lifeline) {}

    int run() {
        if (const auto record = run_.record(name_))
            lifetime_ = record->lifetime;
        while (!maker_died()) {
            if (process_.clock.now().boot >= next_try_ && !is_fresh())
                renew();
        }
        clear_away();
        return 0;
    }

private:
    bool maker_died() const {
        pollfd end{lifeline_, POLLIN, 0};
        return ::poll(&end, 1, static_cast<int>(between_looks.count())) > 0;
    }

    [[nodiscard]] cache::Judgement judgement() const {
        return lifetime_ ? cache::judge(*lifetime_, process_.clock.now(), process_.clock.boot_id())
                         : cache::Judgement{};
    }
    [[nodiscard]] bool is_fresh() const { return judgement().freshness == cache::Freshness::fresh; }

    // A failure is in the audit log; whoever asks for a token meanwhile is told of it.
    void renew() {
        auto lease = lease_for_run(process_, run_, name_, how_, lifetime_.has_value());
        start_watchdog(Deadline::after(for_ever));
        if (lease) {
            lifetime_ = lease->lifetime;
            next_try_ = 0;
            return;
        }
        const Instant now = process_.clock.now();
        std::random_device random;
        const Seconds pause = cache::choose_pause(judgement(), now.wall, random());
        next_try_ = now.boot + std::max(pause, shortest_pause).count();
    }

    void clear_away() {
        // Somebody else may have found the run abandoned, and be at it.
        if (!run_.hold())
            return;
        run_.remove_secrets();
        const auto names = run_.profiles();
        if (!names)
            return; // the next prune finds it
        bool all_ended = true;
        for (const std::string& name : *names)
            all_ended = end_runs_leases(process_, run_, name, false).has_value() && all_ended;
        if (all_ended)
            run_.remove();
    }

    const Process& process_;
    RunFiles run_;
    const std::string& name_;
    const RunLeasing& how_;
    int lifeline_;
    std::optional<cache::Lifetime> lifetime_;
    std::int64_t next_try_ = 0; // seconds of CLOCK_BOOTTIME
};

} // namespace

int keep_fresh(const Process& process, RunFiles run, const std::string& name, const RunLeasing& how,
               int lifeline) {
    // The command's terminal is the command's.
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    (void)::dup2(null, 2);
    return Keeping(process, std::move(run), name, how, lifeline).run();
}

} // namespace leasehold::helper
