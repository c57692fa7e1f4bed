#include "helper/run/abandoned.hpp"

#include "helper/run/files.hpp"
#include "helper/run/leasing.hpp"

namespace leasehold::helper {
namespace {

constexpr Seconds clocks_differ{3600};
constexpr Seconds of_unknown_length{366 * 24 * 3600};

// Whether each of the run's leases has ended, however long it was asked for: where the server
// cannot be asked (it is gone, a file that the profile names is), they are not kept for ever.
bool have_ended(const Process& process, const RunFiles& run, const std::string& name) {
    const auto profile = run.profile(name);
    const Seconds longest = profile ? profile->max_ttl : of_unknown_length;
    return run.last_noted(name) + (longest + clocks_differ).count() < process.clock.now().wall;
}

// True if nothing of the profile is left in the run.
bool end_profile(const Process& process, const RunFiles& run, const std::string& name, bool dry_run,
                 bool verbose, EndedRuns& ended) {
    const auto ids = run.leases(name);
    if (!dry_run) {
        auto done = end_runs_leases(process, run, name, verbose);
        if (!done && have_ended(process, run, name)) {
            for (const std::string& id : ids)
                ended.removed.push_back("the note of lease " + id + " of profile " + name +
                                        ", which has ended; what there is of it in the cluster "
                                        "stays: " +
                                        done.error().message);
            return true;
        }
        if (!done) {
            ended.errors.push_back(
                with_context("run " + run.id() + ", profile " + name, std::move(done).error()));
            return false;
        }
    }
    for (const std::string& id : ids)
        ended.removed.push_back("lease " + id + " of profile " + name + ", run " + run.id());
    return !dry_run;
}

} // namespace

bool wipe_abandoned_runs(const Process& process) {
    const auto runs = RunFiles::abandoned(process);
    for (const RunFiles& run : runs)
        run.remove_secrets();
    return !runs.empty();
}

EndedRuns end_abandoned_runs_of(const Process& process, const std::optional<std::string>& profile,
                                bool dry_run, bool verbose) {
    EndedRuns ended;
    for (const RunFiles& run : RunFiles::abandoned(process)) {
        if (!dry_run)
            run.remove_secrets();
        const auto names = run.profiles();
        if (!names) {
            ended.errors.push_back(with_context("run " + run.id(), names.error()));
            continue;
        }
        bool nothing_left = !dry_run;
        for (const std::string& name : *names) {
            if (profile && *profile != name)
                nothing_left = run.leases(name).empty() && nothing_left;
            else if (!end_profile(process, run, name, dry_run, verbose, ended))
                nothing_left = false;
        }
        if (nothing_left)
            run.remove();
    }
    return ended;
}

int end_abandoned_runs(const Process& process) {
    (void)end_abandoned_runs_of(process, std::nullopt, false, false);
    return 0;
}

} // namespace leasehold::helper
