#include "helper/run/abandoned.hpp"

#include "helper/run/files.hpp"
#include "helper/run/leasing.hpp"

namespace leasehold::helper {
namespace {

// True if nothing of the profile is left in the run.
bool end_profile(const Process& process, const RunFiles& run, const std::string& name, bool dry_run,
                 bool verbose, EndedRuns& ended) {
    const auto ids = run.leases(name);
    if (!dry_run) {
        auto done = end_runs_leases(process, run, name, verbose);
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
        bool nothing_left = !dry_run;
        if (!dry_run)
            run.remove_secrets();
        for (const std::string& name : run.profiles()) {
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
