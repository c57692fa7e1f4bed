#include "helper/lease_book/ending.hpp"

#include "helper/lease_book/listing.hpp"
#include "helper/providers/audit_log.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"

#include <algorithm>
#include <set>

namespace leasehold::helper {
namespace {

// Whichever profile it is of: that may be gone.
std::optional<ListedLease> find_local(const Process& process, const std::string& id) {
    const auto leases = list_leases(process, std::nullopt);
    if (!leases)
        return std::nullopt;
    const auto found = std::find_if(leases->begin(), leases->end(),
                                    [&](const ListedLease& lease) { return lease.id == id; });
    return found == leases->end() ? std::nullopt : std::optional(*found);
}

std::string until(UnixTime end) {
    return end == 0 ? "its token works until its own end"
                    : "its token works until " + format_rfc3339(end);
}

// A lease that only the stores know of: it was never the server's to end.
Ending forget_only(const std::string& id, const std::string& profile,
                   const std::optional<ListedLease>& local) {
    constexpr int denied = static_cast<int>(ErrorCode::denied);
    if (!local)
        return {id, profile, "not revoked", "there is no such lease", denied};
    return {id, profile, "forgotten", "it cannot be revoked: " + until(local->expires), denied};
}

// Only the profile's own cluster may get the requester's credential.
Ending of_another_server(const std::string& profile, const ListedLease& local) {
    return {local.id, profile, "not revoked",
            "it is at " + local.server +
                ", which the profile is not for any more: " + until(local.expires),
            static_cast<int>(ErrorCode::denied)};
}

Ending to_ending(const std::string& profile, const lease::Revocation& revocation,
                 const std::optional<ListedLease>& local) {
    constexpr int denied = static_cast<int>(ErrorCode::denied);
    if (revocation.token_lives)
        return {revocation.id, profile, "forgotten",
                "the record is gone, but " + until(revocation.token_ends), denied};
    if (!revocation.was_gone)
        return {revocation.id, profile, "revoked", "", 0};
    if (local && !local->revocable)
        return forget_only(revocation.id, profile, local);
    return {revocation.id, profile, "was gone", "it had been ended before", 0};
}

} // namespace

Ending end_lease(const Process& process, ProfileBook& book, const std::string& id, bool forced,
                 Deadline deadline) {
    const lease::Profile& profile = book.assembly->profile();
    const auto local = find_local(process, id);
    const bool elsewhere = local && local->server != profile.cluster.server.text();
    Ending ending = forget_only(id, profile.name, local);
    AuditEvent event{.event = "revocation",
                     .profile = profile.name,
                     .provider = profile.provider(),
                     .lease = id};
    if (local) {
        event.subject = local->subject;
        event.jti = local->jti;
        event.expires = local->expires;
    }
    if (elsewhere) {
        ending = of_another_server(profile.name, *local);
    } else if (book.book) {
        const auto revocation = book.book->revoke(id, forced, deadline);
        if (revocation) {
            ending = to_ending(profile.name, *revocation, local);
            if (event.jti.empty())
                event.jti = revocation->credential_id;
            if (event.subject.empty())
                event.subject = revocation->subject;
        } else {
            ending = {id, profile.name, "not revoked", revocation.error().message,
                      static_cast<int>(revocation.error().code)};
        }
    }
    if (local)
        (void)clear_leases(process, std::nullopt, id);
    event.detail = ending.result + (ending.detail.empty() ? "" : ": " + ending.detail);
    event.exit_code = ending.exit_code;
    book.assembly->audit().write(event);
    return ending;
}

Result<std::vector<Ending>> end_leases(const Process& process, ProfileBook& book, Which which,
                                       bool forced, Deadline deadline) {
    const lease::Profile& profile = book.assembly->profile();
    std::set<std::string> ids;
    if (book.book) {
        LEASEHOLD_TRY_ASSIGN(const auto entries, book.book->list(deadline));
        for (const lease::LeaseEntry& entry : entries)
            if (which == Which::all || entry.state == "expired")
                ids.insert(entry.id);
    }
    if (which == Which::all) {
        LEASEHOLD_TRY_ASSIGN(const auto local, list_leases(process, profile.name));
        for (const ListedLease& lease : local)
            ids.insert(lease.id);
    }
    std::vector<Ending> endings;
    for (const std::string& id : ids)
        endings.push_back(end_lease(process, book, id, forced, deadline));
    return endings;
}

Result<lease::Renewal> renew_lease(const Process& process, ProfileBook& book, const std::string& id,
                                   std::optional<Seconds> ttl, Deadline deadline) {
    const lease::Profile& profile = book.assembly->profile();
    const Seconds wanted = ttl.value_or(profile.ttl);
    LEASEHOLD_TRY(lease::check_ttl(profile, wanted, ErrorCode::usage));
    if (!book.book)
        return make_error(ErrorCode::denied,
                          "lease " + quoted(id) + " has no record that could be renewed",
                          "make a new one: leasehold lease create --profile " + profile.name);
    const Instant asked = process.clock.now();
    auto renewal = book.book->renew(id, wanted, deadline);
    // By this machine's clock, as every command tells it.
    if (renewal && renewal->lease)
        renewal->entry.expires = renewal->lease->expires;
    if (!renewal) {
        AuditEvent event = failed_event(profile, renewal.error());
        event.lease = id;
        book.assembly->audit().write(event);
        return renewal;
    }
    AuditEvent event{.event = "renewal",
                     .profile = profile.name,
                     .provider = profile.provider(),
                     .lease = id,
                     .subject = renewal->entry.subject,
                     .jti = renewal->entry.credential_id,
                     .expires = renewal->entry.expires};
    book.assembly->audit().write(event);
    if (renewal->lease)
        (void)replace_lease(process, profile, id, *renewal->lease, asked);
    return renewal;
}

} // namespace leasehold::helper
