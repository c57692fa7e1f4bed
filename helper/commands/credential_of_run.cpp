#include "helper/commands/credential_of_run.hpp"

#include "cache/notes/clearance.hpp"
#include "helper/process/client_environment.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/run/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/profile/file.hpp"

#include <thread>

namespace leasehold::helper {
namespace {

constexpr Milliseconds between_looks{50};

struct RunsLease {
    cache::Record record;
    cache::Judgement judgement;
};

std::optional<RunsLease> look(const Process& process, const RunFiles& run,
                              const std::string& name) {
    auto record = run.record(name);
    if (!record)
        return std::nullopt;
    const auto judgement =
        cache::judge(record->lifetime, process.clock.now(), process.clock.boot_id());
    return RunsLease{*std::move(record), judgement};
}

// The run renews it in time, but this machine may just have woken up.
Result<RunsLease> wait_for_lease(const Process& process, const RunFiles& run,
                                 const std::string& name, Deadline deadline) {
    const Deadline patience = deadline.within(deadline.left() * 9 / 10);
    while (true) {
        auto lease = look(process, run, name);
        if (lease && lease->judgement.freshness != cache::Freshness::spent)
            return *std::move(lease);
        const bool held = run.is_held();
        if ((!held || patience.passed()) && lease && lease->judgement.usable)
            return *std::move(lease);
        if (!held)
            return make_error(ErrorCode::configuration,
                              "the run of 'leasehold exec' that this kubeconfig belongs to is over",
                              "start another; 'leasehold lease prune' ends what it has left");
        if (patience.passed())
            return make_error(ErrorCode::timed_out,
                              "the run's lease for profile " + quoted(name) +
                                  " has ended, and is not renewed yet",
                              "'leasehold audit --profile " + name + "' tells what went wrong");
        std::this_thread::sleep_for(between_looks);
    }
}

// As for every lease: the next call is answered by the front.
void remember(const Process& process, const RunFiles& run, const lease::Profile& profile,
              const CredentialArguments& arguments, const ExecRequest& request,
              const RunsLease& lease) {
    const auto lookup = [&all = process.environment.all()](std::string_view name) -> const char* {
        const auto found = all.find(name);
        return found == all.end() ? nullptr : found->second.c_str();
    };
    cache::ClearanceQuestion question;
    question.profile_path = lease::profile_path(run.directory(), arguments.profile);
    question.profile = profile.identity;
    question.exec_info = process.environment.value(client_variable);
    if (arguments.api_version)
        question.api_version_argument = to_text(*arguments.api_version);
    question.places = places_text(lookup);
    cache::Clearance clearance{run.key(arguments.profile).digest_hex(),
                               std::string(to_text(request.api_version))};
    clearance.variables_digest = cache::variables_digest(clearance.variables, lookup);
    (void)cache::record_clearance(*run.store(), cache::clearance_digest(question), clearance,
                                  lease.record.lifetime.ends_after);
}

} // namespace

Result<int> print_runs_credential(const Process& process, const CredentialArguments& arguments,
                                  const ExecRequest& request, const ClusterCheck& check_cluster) {
    const auto run = RunFiles::find(process, arguments.run);
    if (!run)
        return make_error(ErrorCode::configuration,
                          "there is no run " + arguments.run + " of 'leasehold exec'",
                          "it has ended: its kubeconfig serves nobody any more");
    LEASEHOLD_TRY_ASSIGN(const lease::Profile profile, run->profile(arguments.profile));
    const Deadline deadline = Deadline::after(profile.deadline);
    start_watchdog(deadline);
    LEASEHOLD_TRY(check_cluster(profile));
    LEASEHOLD_TRY_ASSIGN(const RunsLease lease,
                         wait_for_lease(process, *run, arguments.profile, deadline));
    remember(process, *run, profile, arguments, request, lease);
    const Secret json = to_exec_credential_json(request.api_version, lease.record.token.reveal(),
                                                lease.judgement.reported_expiry);
    if (!print_credential(1, json))
        return make_error(ErrorCode::internal, "stdout could not take the credential");
    return 0;
}

} // namespace leasehold::helper
