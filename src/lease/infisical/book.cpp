#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"
#include "src/lease/infisical/lease_list.hpp"
#include "src/lease/infisical/provider.hpp"
#include "src/lease/infisical/settings/ttl.hpp"
#include "src/lease/infisical/site_client.hpp"
#include "src/lease/infisical/unused.hpp"
#include "src/lease/infisical/wire/lease_answer.hpp"
#include "src/lease/infisical/wire/outside.hpp"
#include "src/lease/infisical/wire/requests.hpp"

#include <algorithm>
#include <map>

namespace leasehold::lease {
namespace {

using namespace infisical;

class InfisicalBook final : public LeaseBook {
public:
    InfisicalBook(const InfisicalSettings& settings, Outside outside, BookScope scope, Owner owner)
        : settings_(settings), outside_(std::move(outside)), scope_(scope),
          owner_(std::move(owner)), place_(place_of(settings)), client_(settings_, outside_) {
        for (KnownLease& lease : owner_.memory.all()) {
            if (lease.id.empty())
                by_mark_.emplace(lease.mark, std::move(lease));
            else
                by_id_.emplace(lease.id, std::move(lease));
        }
    }

    Result<std::vector<LeaseEntry>> list(Deadline deadline) override {
        std::vector<LeaseEntry> entries;
        // A login may be limited in its uses: none is spent to hear that there is nothing.
        if (scope_ == BookScope::own && by_id_.empty() && by_mark_.empty())
            return entries;
        const auto add = [&](const LeaseRecord& record) {
            if (may_touch(record))
                entries.push_back(make_entry(record));
        };
        LEASEHOLD_TRY(
            for_each_lease(client_, settings_, "list the leases of " + name(), add, deadline));
        return entries;
    }

    Result<std::optional<LeaseEntry>> show(const std::string& id, Deadline deadline) override {
        LEASEHOLD_TRY_ASSIGN(const Answer answer, client_.ask_any(get_lease_request(settings_, id),
                                                                  Repeat::reads, deadline));
        const Refusal refusal = read_refusal(answer.response);
        if (answer.response.status == 404 && refusal.readable)
            return std::optional<LeaseEntry>();
        LEASEHOLD_TRY(check(answer, id, "show lease " + quoted(id)));
        LEASEHOLD_TRY_ASSIGN(const LeaseRecord record,
                             read_lease_answer(answer.response, "the lease"));
        return may_touch(record) ? std::optional(make_entry(record)) : std::nullopt;
    }

    Result<Renewal> renew(const std::string& id, Seconds ttl, Deadline deadline) override {
        LEASEHOLD_TRY(refuse_others(id, "renewed", deadline));
        LEASEHOLD_TRY_ASSIGN(const Answer answer,
                             client_.ask_any(renew_lease_request(settings_, id, wire_ttl(ttl)),
                                             Repeat::changes, deadline));
        LEASEHOLD_TRY(check(answer, id, "renew lease " + quoted(id)));
        LEASEHOLD_TRY_ASSIGN(const LeaseRecord record,
                             read_lease_answer(answer.response, "the renewal"));
        if (const auto own = by_id_.find(id); own != by_id_.end()) {
            own->second.record_ends = record.expires;
            owner_.memory.remember(own->second);
        }
        return Renewal{make_entry(record), std::nullopt,
                       "Infisical keeps its record of the lease, and an account it made for it, "
                       "for longer; the token itself still ends when it would have. For a new "
                       "token lease anew: leasehold lease create"};
    }

    Result<Revocation> revoke(const std::string& id, bool forced, Deadline deadline) override {
        LEASEHOLD_TRY(refuse_others(id, "ended", deadline));
        LEASEHOLD_TRY_ASSIGN(const Answer answer,
                             client_.ask_any(revoke_lease_request(settings_, id, forced),
                                             Repeat::changes, deadline));
        if (answer.response.status == 404)
            return confirm_gone(id, answer, deadline);
        LEASEHOLD_TRY(check(answer, id, "revoke lease " + quoted(id)));
        LEASEHOLD_TRY_ASSIGN(const LeaseRecord record,
                             read_lease_answer(answer.response, "the revocation"));
        if (record.failed_to_delete() && !forced)
            return not_revoked(record);
        const LeaseEntry entry = make_entry(record);
        forget(record);
        Revocation revocation;
        revocation.id = id;
        // Of a token of an account that stays nothing in the cluster knows but its own expiry.
        revocation.token_lives = forced || settings_.credential_type == "static";
        revocation.token_unknown = !revocation.token_lives && !entry.revocable_known;
        revocation.token_ends = entry.expires;
        revocation.credential_id = entry.credential_id;
        revocation.subject = entry.subject;
        return revocation;
    }

    // What has ended the site removes by itself; what nobody uses only we know of.
    Result<Pruned> prune(PruneClock, bool dry_run, Deadline deadline) override {
        UnusedLeases unused{settings_, client_, owner_.memory, outside_.clock.now().wall};
        std::vector<std::string> ended;
        auto result = unused.end(dry_run, deadline, ended);
        Pruned pruned;
        for (const std::string& id : ended)
            pruned.removed.push_back("lease " + id + " of " + name() +
                                     ", whose token reached nobody");
        if (!result)
            pruned.stopped = std::move(result).error();
        return pruned;
    }

private:
    [[nodiscard]] std::string name() const { return quoted(settings_.dynamic_secret); }

    // Null if the owner did not lease it here.
    [[nodiscard]] const KnownLease* find_own(const std::string& id, const std::string& mark) const {
        const auto found = by_id_.find(id);
        const auto marked = mark.empty() ? by_mark_.end() : by_mark_.find(mark);
        const KnownLease* own = found != by_id_.end()      ? &found->second
                                : marked != by_mark_.end() ? &marked->second
                                                           : nullptr;
        return own != nullptr && own->place == place_ ? own : nullptr;
    }

    [[nodiscard]] bool may_touch(const LeaseRecord& record) const {
        return scope_ == BookScope::all_holders || find_own(record.id, record.mark) != nullptr;
    }

    // A renewal moves the record and not the token: a lease ends with the earlier of both.
    [[nodiscard]] LeaseEntry make_entry(const LeaseRecord& record) const {
        const UnixTime now = outside_.clock.now().wall;
        LeaseEntry entry = to_entry(record, now);
        entry.revocable = settings_.credential_type == "dynamic";
        entry.revocable_known = !settings_.credential_type.empty();
        const KnownLease* own = find_own(record.id, record.mark);
        if (own == nullptr)
            return entry;
        entry.ours = true;
        entry.profile = owner_.profile;
        entry.holder = owner_.holder;
        entry.credential_id = own->jti;
        if (!own->subject.empty())
            entry.subject = own->subject;
        if (is_unused(*own, now) && entry.state == "active")
            entry.state = "unused";
        if (own->token_ends != 0 && own->token_ends < record.expires) {
            entry.details["recordExpires"] = format_rfc3339(record.expires);
            entry.expires = own->token_ends;
        }
        return entry;
    }

    void forget(const LeaseRecord& record) {
        if (const KnownLease* own = find_own(record.id, record.mark))
            owner_.memory.forget(*own);
    }

    // Under the scope `own` the lease of another must not go by its id either.
    Result<void> refuse_others(const std::string& id, std::string_view what, Deadline deadline) {
        const auto own = by_id_.find(id);
        if (own != by_id_.end() && own->second.place != place_)
            return make_error(ErrorCode::denied,
                              "lease " + quoted(id) +
                                  " is of another dynamic secret than the one that the profile "
                                  "names now",
                              "it ends by itself; a profile that names that one can end it");
        if (own != by_id_.end() || scope_ == BookScope::all_holders)
            return {};
        LEASEHOLD_TRY_ASSIGN(const Answer answer, client_.ask_any(get_lease_request(settings_, id),
                                                                  Repeat::reads, deadline));
        if (answer.response.status != 200)
            return {}; // what is not there is told by who asks for more
        LEASEHOLD_TRY_ASSIGN(const LeaseRecord record,
                             read_lease_answer(answer.response, "the lease"));
        if (may_touch(record))
            return {};
        return make_error(
            ErrorCode::denied,
            "lease " + quoted(id) + " is not " + std::string(what) +
                ": as far as this machine knows the profile did not make it, and "
                "only --all-holders touches the leases of others" +
                (record.holder.empty() ? "" : "; its record names " + quoted(record.holder)),
            "'leasehold lease list --all-holders' shows whose it is");
    }

    static Result<void> check(const Answer& answer, const std::string& id,
                              std::string_view action) {
        if (answer.response.status == 200)
            return {};
        const Refusal refusal = read_refusal(answer.response);
        Error error = refusal_error(refusal, action);
        if (refusal.readable && refusal.status == 404) {
            error.code = ErrorCode::denied;
            error.hint = "'leasehold lease list' shows the leases that there are; " + quoted(id) +
                         " may have ended, or belong to another folder or project";
        }
        return error;
    }

    // A 404 is also what a wrong project or folder gets: only the list tells.
    Result<Revocation> confirm_gone(const std::string& id, const Answer& answer,
                                    Deadline deadline) {
        const Error error =
            refusal_error(read_refusal(answer.response), "revoke lease " + quoted(id));
        bool is_there = false;
        const auto look = [&](const LeaseRecord& record) { is_there |= record.id == id; };
        if (!for_each_lease(client_, settings_, "list the leases", look, deadline) || is_there)
            return error;
        Revocation revocation;
        revocation.id = id;
        revocation.was_gone = true;
        if (const auto own = by_id_.find(id); own != by_id_.end()) {
            revocation.credential_id = own->second.jti;
            revocation.subject = own->second.subject;
            owner_.memory.forget(own->second);
        }
        return revocation;
    }

    static Error not_revoked(const LeaseRecord& record) {
        return make_error(
            ErrorCode::denied,
            "lease " + quoted(record.id) + " was not revoked: Infisical could not remove " +
                quoted(record.account) + " from the cluster" +
                (record.status_details.empty() ? ""
                                               : "; the server says: " + record.status_details),
            "the token may live on. Infisical tries again by itself; whoever keeps the dynamic "
            "secret can look at the cluster\n--force drops Infisical's record and leaves what is "
            "in "
            "the cluster");
    }

    const InfisicalSettings& settings_;
    Outside outside_;
    BookScope scope_;
    Owner owner_;
    std::string place_;
    std::map<std::string, KnownLease> by_id_;
    std::map<std::string, KnownLease> by_mark_; // those whose id is not known
    SiteClient client_;
};

} // namespace

std::unique_ptr<LeaseBook> make_infisical_book(const InfisicalSettings& settings, Outside outside,
                                               BookScope scope, Owner owner) {
    return std::make_unique<InfisicalBook>(settings, std::move(outside), scope, std::move(owner));
}

} // namespace leasehold::lease
