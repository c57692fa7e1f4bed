// leasehold credential: the exec plugin.
#include "helper/commands/clients_profile.hpp"
#include "helper/commands/commands.hpp"
#include "helper/commands/credential_of_run.hpp"
#include "helper/commands/remember_hit.hpp"
#include "helper/exec_protocol/arguments.hpp"
#include "helper/exec_protocol/binding.hpp"
#include "helper/exec_protocol/request.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/process/client_environment.hpp"
#include "helper/process/detached.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/audit_log.hpp"
#include "helper/upkeep/gone_profiles.hpp"
#include "helper/upkeep/self_heal.hpp"
#include "helper/upkeep/sweep.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/kubeconfig_user/plugin.hpp"
#include "src/lease/providers.hpp"

#include <algorithm>

#include <unistd.h>

namespace leasehold::helper {
namespace {

// Before the profile is read nothing is known but the default.
constexpr Seconds default_deadline{30};
// For a login that a person has to go through.
constexpr Seconds persons_deadline{300};

// What the client says of its cluster; the audit log is told of a refusal, and of another proxy.
Result<void> check_cluster(const Process& process, const ExecRequest& request,
                           const lease::Profile& profile) {
    const AuditLog log(audit_log_path(process.directories.state), process.clock);
    if (auto bound = check_cluster_binding(request, profile); !bound) {
        log.write(failed_event(profile, bound.error()));
        return bound;
    }
    if (takes_another_proxy(request, profile))
        log.write({.event = "notice",
                   .profile = profile.name,
                   .provider = profile.provider(),
                   .detail = "the client goes through a proxy that is not the profile's: " +
                             quoted(request.cluster->proxy_url)});
    return {};
}

// A person takes longer than a server.
Seconds longest_wait(const Process& process, const lease::Profile& profile) {
    const bool asks = process.person && profile.kind->asks_a_person != nullptr &&
                      profile.kind->asks_a_person(profile.settings);
    return asks ? std::max(profile.deadline, persons_deadline) : profile.deadline;
}

} // namespace

void declare_credential(Options& options) {
    options
        .examples("leasehold credential --profile dev",
                  "leasehold credential --profile dev --api-version v1beta1",
                  "leasehold credential --profile dev | jq -r .status.expirationTimestamp")
        .value("profile", "the profile to hand out a token of")
        .value("api-version", "v1 or v1beta1, for clients that do not say which they speak")
        .value("run", "the run of 'leasehold exec' that the profile is of");
}

Result<int> run_credential(Invocation& call) {
    Process& process = call.process;
    const Arguments& words = call.words;
    const Deadline longest = Deadline::after(default_deadline);
    start_watchdog(longest);
    LEASEHOLD_TRY_ASSIGN(const CredentialArguments arguments,
                         parse_credential_arguments({words.begin(), words.end()}));
    LEASEHOLD_TRY_ASSIGN(
        const ExecRequest request,
        parse_exec_request(process.environment.get(client_variable), arguments.api_version));
    if (!arguments.run.empty()) {
        LEASEHOLD_TRY(check_places(process));
        return print_runs_credential(process, arguments, request,
                                     [&](const lease::Profile& profile) {
                                         return check_cluster(process, request, profile);
                                     });
    }
    LEASEHOLD_TRY(lease::check_no_loop(process.environment, arguments.profile));
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile,
                         open_clients_profile(process, arguments, &request));
    // Clients of all kinds say `interactive` without a terminal; some give a pipe without an end.
    process.person = request.interactive && ::isatty(0) == 1;
    const Deadline deadline = Deadline::after(longest_wait(process, profile));
    start_watchdog(deadline);
    LEASEHOLD_TRY(check_cluster(process, request, profile));
    const lease::LeaseRequest wanted = default_request(profile);
    LEASEHOLD_TRY_ASSIGN(const LeaseKey key, clients_key(process, profile, wanted));
    Assembly assembly(process, std::move(profile), false);
    LEASEHOLD_TRY_ASSIGN(Obtained obtained, obtain(assembly.parts(), assembly.profile(), wanted,
                                                   key, Eagerness::serve, deadline));
    const bool check_behind =
        !obtained.store.empty() && heal(assembly, wanted, key, obtained, process, deadline);
    if (obtained.store.empty())
        note_handing(assembly.parts(), key.key, obtained);
    // A clearance is the named profile's: behind a hit that one would be renewed.
    if (assembly.profile().name == arguments.profile)
        remember_hit(assembly.profile(), process, arguments, request, key,
                     obtained.lifetime.ends_after);
    const Secret json = to_exec_credential_json(request.api_version, obtained.token.reveal(),
                                                obtained.reported_expiry, obtained.pair);
    if (!print_credential(1, json))
        return make_error(ErrorCode::internal, "stdout could not take the credential");
    if (obtained.store.empty())
        sweep_notes_if_many(process);
    const char* behind = nullptr;
    if (obtained.due) // as the front does, of what it serves
        behind = "renew-in-background";
    else if (check_behind)
        behind = "check-in-background";
    else if (obtained.store.empty() && take_sweep(process, assembly.profile()))
        behind = "sweep-in-background";
    if (behind != nullptr)
        start_detached(process.libexec + "/leasehold", behind, assembly.profile().name,
                       process.environment);
    return 0;
}

} // namespace leasehold::helper
