#include "helper/lease_book/ending.hpp"

#include "helper/lease_book/listing.hpp"
#include "helper/providers/audit_log.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"

#include <map>
#include <set>

namespace leasehold::helper {
namespace {

// What the stores have, by id.
using LocalLeases = std::map<std::string, ListedLease>;

LocalLeases read_local(const Process& process, const std::optional<std::string>& profile) {
    LocalLeases local;
    if (const auto leases = list_leases(process, profile))
        for (const ListedLease& lease : *leases)
            local.emplace(lease.id, lease);
    return local;
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
    return {revocation.id, profile, "was gone",
            "its server has no such lease: it was ended before, or never was", 0};
}

Ending end_at_server(ProfileBook& book, const std::string& id, const LocalLeases& locals,
                     bool forced, Deadline deadline) {
    const lease::Profile& profile = book.assembly->profile();
    const auto found = locals.find(id);
    const auto local = found == locals.end() ? std::nullopt : std::optional(found->second);
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
    event.detail = ending.result + (ending.detail.empty() ? "" : ": " + ending.detail);
    event.exit_code = ending.exit_code;
    book.assembly->audit().write(event);
    return ending;
}

// Each at the server. What the profile's stores have goes first, so that nobody is handed a lease
// while it ends; what other profiles' stores have of it, only when it has ended.
std::vector<Ending> end_each(const Process& process, ProfileBook& book,
                             const std::set<std::string>& ids, const LocalLeases& local,
                             bool forced, Deadline deadline) {
    std::set<std::string> own;
    for (const std::string& id : ids)
        if (local.contains(id))
            own.insert(id);
    forget_leases(process, own);
    std::vector<Ending> endings;
    std::set<std::string> ended;
    for (const std::string& id : ids) {
        endings.push_back(end_at_server(book, id, local, forced, deadline));
        if (endings.back().result != "not revoked" && !own.contains(id))
            ended.insert(id);
    }
    forget_leases(process, ended);
    return endings;
}

} // namespace

Ending end_lease(const Process& process, ProfileBook& book, const std::string& id, bool forced,
                 Deadline deadline) {
    // Whichever profile it is of: that may be gone.
    const LocalLeases local = read_local(process, std::nullopt);
    return end_each(process, book, {id}, local, forced, deadline).front();
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
    const LocalLeases local = read_local(process, profile.name);
    if (which == Which::all)
        for (const auto& [id, lease] : local)
            ids.insert(id);
    return end_each(process, book, ids, local, forced, deadline);
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
