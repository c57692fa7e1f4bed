#include "helper/run/leasing.hpp"

#include "helper/leasing/keys.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/audit_log.hpp"
#include "helper/providers/side/side.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/terms/book.hpp"

#include <algorithm>

namespace leasehold::helper {
namespace {

Result<lease::LeaseRequest> wanted(const lease::Profile& profile, const RunLeasing& how) {
    lease::LeaseRequest request = default_request(profile);
    request.ttl = how.ttl.value_or(request.ttl);
    request.reason = how.reason.value_or(request.reason);
    LEASEHOLD_TRY(lease::check_ttl(profile, request.ttl, ErrorCode::usage));
    return request;
}

Result<void> keep_token(const RunFiles& run, const std::string& name, const RunLeasing& how,
                        const Secret& token) {
    if (!how.token_file)
        return {};
    return write_file(run.token_path(name), token.reveal(), 0600);
}

// From this user's stores, where others find it, too.
Result<RunLease> share(Assembly& assembly, const Process& process, const RunFiles& run,
                       const RunLeasing& how, bool renew, Deadline deadline) {
    const lease::Profile& profile = assembly.profile();
    LEASEHOLD_TRY_ASSIGN(const lease::LeaseRequest request, wanted(profile, how));
    LEASEHOLD_TRY_ASSIGN(const LeaseKey key, lease_key(process, profile, request));
    LEASEHOLD_TRY_ASSIGN(const Obtained obtained,
                         obtain(assembly.parts(), profile, request, key,
                                renew ? Eagerness::renew : Eagerness::serve, deadline));
    LEASEHOLD_TRY(keep_token(run, profile.name, how, obtained.token));
    return RunLease{obtained.lifetime, obtained.ends, obtained.why_not_revocable};
}

Result<RunLease> make_own(Assembly& assembly, const Process& process, const RunFiles& run,
                          const RunLeasing& how, Deadline deadline) {
    const lease::Profile& profile = assembly.profile();
    LEASEHOLD_TRY_ASSIGN(const lease::LeaseRequest request, wanted(profile, how));
    const Instant asked = process.clock.now();
    LEASEHOLD_TRY_ASSIGN(const lease::Lease lease, assembly.provider().lease(request, deadline));
    // A provider that knew the id beforehand has had it noted.
    const auto noted = run.leases(profile.name);
    const bool worth_ending = lease.revocable || !lease.revocable_known;
    if (worth_ending && std::find(noted.begin(), noted.end(), lease.id) == noted.end())
        (void)run.note_lease(profile.name, lease.id);
    const cache::Record record =
        cached_record(process.clock, profile, lease, run.key(profile.name), asked);
    LEASEHOLD_TRY(run.keep(profile.name, record));
    LEASEHOLD_TRY(keep_token(run, profile.name, how, lease.token));
    return RunLease{record.lifetime, lease.expires, lease.why_not_revocable, lease.warnings};
}

Result<void> end_one(const Assembly& assembly, lease::LeaseBook& book, const std::string& id,
                     Deadline deadline) {
    const lease::Profile& profile = assembly.profile();
    AuditEvent event{.event = "revocation",
                     .profile = profile.name,
                     .provider = profile.provider(),
                     .lease = id};
    auto ended = book.revoke(id, false, deadline);
    if (ended) {
        event.subject = ended->subject;
        event.jti = ended->credential_id;
        event.detail = ended->was_gone ? "was gone"
                       : ended->token_lives || ended->token_unknown
                           ? "its record is gone: its run is over"
                           : "revoked: its run is over";
    } else {
        event.detail = "not revoked: " + ended.error().message;
        event.exit_code = static_cast<int>(ended.error().code);
    }
    assembly.audit().write(event);
    return ended ? Result<void>() : Result<void>(std::move(ended).error());
}

} // namespace

Result<RunLease> lease_for_run(const Process& process, const RunFiles& run, const std::string& name,
                               const RunLeasing& how, bool renew) {
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, run.profile(name));
    const Deadline deadline = Deadline::after(profile.deadline);
    start_watchdog(deadline);
    lease::LeaseIntents intents;
    if (!how.shared)
        intents = {[&](const std::string& id) { (void)run.note_lease(name, id); },
                   [&](const std::string& id) { run.forgo_lease(name, id); }};
    Assembly assembly(process, std::move(profile), how.verbose, std::move(intents));
    return how.shared ? share(assembly, process, run, how, renew, deadline)
                      : make_own(assembly, process, run, how, deadline);
}

Result<void> end_runs_leases(const Process& process, const RunFiles& run, const std::string& name,
                             bool verbose) {
    const auto ids = run.leases(name);
    if (ids.empty())
        return {};
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, run.profile(name));
    const Deadline deadline = Deadline::after(profile.deadline);
    start_watchdog(deadline);
    Assembly assembly(process, std::move(profile), verbose);
    const auto book = assembly.side().book(lease::BookScope::own);
    Result<void> outcome;
    if (book)
        for (const std::string& id : ids)
            if (auto ended = end_one(assembly, *book, id, deadline); !ended)
                outcome = std::move(ended);
    if (outcome)
        run.forget_leases(name);
    return outcome;
}

} // namespace leasehold::helper
