#include "helper/lease_book/ending.hpp"

#include "helper/lease_book/listing.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/audit_log.hpp"
#include "helper/terminal/text.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"
#include "src/http/client.hpp"
#include "src/lease/kubernetes/api/token_check.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <thread>
#include <utility>

namespace leasehold::helper {
namespace {

// How long an API server may go by what it found of a token before (--service-account tokens: 10
// s).
constexpr Seconds cluster_remembers{11};
constexpr Seconds longest_question{5};

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

} // namespace

Ending not_ended(const std::string& id, const std::string& profile, const Error& error) {
    return {id, profile, "not revoked", error.message, static_cast<int>(error.code), error.hint};
}

std::string hints_of(const std::vector<Ending>& endings) {
    std::set<std::string> told;
    std::string text;
    for (const Ending& ending : endings)
        if (told.insert(ending.hint).second)
            text += hint_text(ending.hint);
    return text;
}

namespace {

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
    if (revocation.token_unknown)
        return {revocation.id, profile, "forgotten",
                "the record is gone; whether that ended the token is not known, and else " +
                    until(revocation.token_ends),
                denied};
    if (revocation.token_lives)
        return {revocation.id, profile, "forgotten",
                "the record is gone, but " + until(revocation.token_ends), denied};
    if (!revocation.was_gone) {
        std::string left;
        for (const std::string& one : revocation.left)
            left += (left.empty() ? "not looked for: " : "; ") + one;
        return {revocation.id, profile, "revoked", left, 0};
    }
    if (local && !local->revocable && local->revocable_known)
        return forget_only(revocation.id, profile, local);
    return {revocation.id, profile, "was gone",
            "its server has no such lease: it was ended before, or never was", 0};
}

// One that was ended, and what the audit log will say of it.
struct Ended {
    Ending ending;
    AuditEvent event;
    bool token_unknown = false;
    UnixTime token_ends = 0;
    bool logged = false;
};

void log_ended(const ProfileBook& book, Ended& one) {
    if (std::exchange(one.logged, true))
        return;
    one.event.detail =
        one.ending.result + (one.ending.detail.empty() ? "" : ": " + one.ending.detail);
    one.event.exit_code = one.ending.exit_code;
    book.assembly->audit().write(one.event);
}

Ended end_at_server(ProfileBook& book, const std::string& id, const LocalLeases& locals,
                    bool forced, Deadline deadline) {
    const lease::Profile& profile = book.assembly->profile();
    const auto found = locals.find(id);
    const auto local = found == locals.end() ? std::nullopt : std::optional(found->second);
    const bool elsewhere = local && local->server != profile.cluster.server.text();
    Ended ended{forget_only(id, profile.name, local), {}};
    AuditEvent& event = ended.event;
    event = {.event = "revocation",
             .profile = profile.name,
             .provider = profile.provider(),
             .lease = id};
    if (local) {
        event.subject = local->subject;
        event.jti = local->jti;
        event.expires = local->expires;
    }
    if (elsewhere) {
        ended.ending = of_another_server(profile.name, *local);
    } else if (book.book) {
        auto revocation = book.book->revoke(id, forced, deadline);
        if (revocation) {
            // Its record went before; what that did to its token is as little known.
            if (revocation->was_gone && local && !local->revocable_known) {
                revocation->token_unknown = true;
                revocation->token_ends = local->expires;
            }
            ended.ending = to_ending(profile.name, *revocation, local);
            ended.token_unknown = revocation->token_unknown;
            ended.token_ends = revocation->token_ends;
            if (event.jti.empty())
                event.jti = revocation->credential_id;
            if (event.subject.empty())
                event.subject = revocation->subject;
        } else {
            ended.ending = not_ended(id, profile.name, revocation.error());
        }
    }
    return ended;
}

std::unique_ptr<http::HttpClient> connect(http::Server server) {
    return http::make_http_client(std::move(server));
}

// Where nobody has told whether ending a lease ends its token, the cluster can. It takes a token
// that it knows for some seconds longer, so that only a second "yes" is one.
void ask_cluster(const Process& process, const lease::Profile& profile,
                 const std::map<std::string, Secret>& tokens, std::vector<Ended>& all,
                 Deadline deadline) {
    for (const Seconds pause : {Seconds(0), cluster_remembers}) {
        const auto is_open = [&](const Ended& one) {
            return one.token_unknown && tokens.contains(one.ending.id);
        };
        if (std::none_of(all.begin(), all.end(), is_open) || deadline.left() <= pause)
            return;
        std::this_thread::sleep_for(pause);
        for (Ended& one : all) {
            if (!is_open(one))
                continue;
            const auto verdict =
                lease::check_token(profile.cluster, process.environment, connect,
                                   tokens.at(one.ending.id), deadline.within(longest_question));
            if (verdict == lease::TokenVerdict::refused)
                one = {{one.ending.id, profile.name, "revoked", "", 0}, std::move(one.event)};
            else if (verdict == lease::TokenVerdict::taken && pause != Seconds(0))
                one.ending.detail =
                    "the record is gone, but the cluster takes its token: " + until(one.token_ends);
        }
    }
}

// Each at the server. What the stores have of the profile, or of one that is gone, goes first, so
// that nobody is handed a lease while it ends; what they have of other profiles, only when it has
// ended.
std::vector<Ending> end_each(const Process& process, ProfileBook& book,
                             const std::set<std::string>& ids, const LocalLeases& local,
                             bool forced, Deadline deadline) {
    std::set<std::string> own;
    for (const std::string& id : ids) {
        const auto found = local.find(id);
        if (found != local.end() && (found->second.profile == book.assembly->profile().name ||
                                     !is_there(process, found->second.profile)))
            own.insert(id);
    }
    const auto tokens = unsure_tokens(process, book.assembly->profile().name, own);
    forget_leases(process, own);
    std::vector<Ended> all;
    std::set<std::string> of_others;
    for (const std::string& id : ids) {
        // Each has the time of a call: a book may be long.
        const Deadline own_time =
            ids.size() == 1 ? deadline : Deadline::after(book.assembly->profile().deadline);
        start_watchdog(own_time);
        all.push_back(end_at_server(book, id, local, forced, own_time));
        if (!all.back().token_unknown)
            log_ended(book, all.back());
        if (all.back().ending.result != "not revoked" && !own.contains(id))
            of_others.insert(id);
    }
    forget_leases(process, of_others);
    const Deadline asking = Deadline::after(cluster_remembers + 2 * longest_question);
    start_watchdog(asking);
    ask_cluster(process, book.assembly->profile(), tokens, all, asking);
    std::vector<Ending> endings;
    for (Ended& one : all) {
        log_ended(book, one);
        endings.push_back(std::move(one.ending));
    }
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
