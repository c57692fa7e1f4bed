#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"
#include "src/lease/vault/client.hpp"
#include "src/lease/vault/needed_policy.hpp"
#include "src/lease/vault/provider.hpp"
#include "src/lease/vault/wire/lease_answer.hpp"
#include "src/lease/vault/wire/requests.hpp"
#include "src/lease/vault/wire/role_answer.hpp"

#include <algorithm>

namespace leasehold::lease {
namespace {

using namespace vault;

constexpr std::string_view subject_prefix = "system:serviceaccount:";

std::string namespace_of(std::string_view subject) {
    if (!subject.starts_with(subject_prefix))
        return {};
    subject.remove_prefix(subject_prefix.size());
    return std::string(subject.substr(0, subject.find(':')));
}

class VaultBook final : public LeaseBook {
public:
    VaultBook(const VaultSettings& settings, const LeaseTerms& terms, Outside outside,
              BookScope scope, std::vector<KnownLease> known)
        : settings_(settings), terms_(terms), outside_(std::move(outside)), scope_(scope),
          known_(std::move(known)), client_(settings_, outside_) {}

    Result<std::vector<LeaseEntry>> list(Deadline deadline) override {
        LEASEHOLD_TRY_ASSIGN(const std::vector<std::string> ids, all_ids(deadline));
        std::vector<LeaseEntry> entries;
        for (const std::string& id : ids) {
            LEASEHOLD_TRY_ASSIGN(auto entry, show(id, deadline));
            if (entry)
                entries.push_back(*std::move(entry));
        }
        return entries;
    }

    Result<std::optional<LeaseEntry>> show(const std::string& id, Deadline deadline) override {
        if (!is_of_this_role(id))
            return std::optional<LeaseEntry>();
        LEASEHOLD_TRY_ASSIGN(
            const Answer answer,
            client_.ask_any(lookup_lease_request(settings_, id), Repeat::reads, deadline));
        const Refusal refusal = read_refusal(answer.response);
        if (refusal.status == 400 && refusal.readable)
            return std::optional<LeaseEntry>();
        // Without the policy `default` nothing may be looked up; what is known here is told.
        const KnownLease* known = find(id);
        if (refusal.status == 403 && known != nullptr)
            return std::optional(known_entry(*known));
        if (refusal.status != 200)
            return refusal_error(refusal, Doing::asking, "look up lease " + quoted(id));
        LEASEHOLD_TRY_ASSIGN(const LeaseRecord record, read_lease_record(answer.response));
        return std::optional(make_entry(record));
    }

    // The engine's leases cannot be renewed: their tokens have an end of their own.
    Result<Renewal> renew(const std::string& id, Seconds ttl, Deadline deadline) override {
        const KnownLease* known = find(id);
        LEASEHOLD_TRY_ASSIGN(const auto old, show(id, deadline));
        if (!old && known == nullptr)
            return make_error(ErrorCode::denied, "there is no lease " + quoted(id),
                              "'leasehold lease list' shows those that there are");
        LeaseRequest request{ttl, known != nullptr ? namespace_of(known->subject) : "",
                             terms_.audiences};
        if (request.namespace_.empty())
            request.namespace_ = terms_.default_namespace();
        auto provider = make_vault_provider(settings_, terms_, outside_);
        LEASEHOLD_TRY_ASSIGN(Lease lease, provider->lease(request, deadline));
        LeaseEntry entry =
            known_entry({lease.id, lease.subject, lease.issued, lease.expires, lease.revocable,
                         lease.credential_id, lease.revocable_known});
        return Renewal{
            std::move(entry), std::move(lease),
            "Vault does not renew leases of this kind: this is a new one. The old one, " +
                quoted(id) + ", goes on until its own end, or 'leasehold lease revoke'"};
    }

    Result<Revocation> revoke(const std::string& id, bool forced, Deadline deadline) override {
        if (!is_of_this_role(id))
            return make_error(ErrorCode::denied,
                              quoted(id) + " is no lease of " + creds_path(settings_),
                              "--profile names the profile whose lease it is");
        Revocation revocation;
        revocation.id = id;
        const KnownLease* known = find(id);
        // The server says the same when it ends a lease that is not there.
        const auto before = known == nullptr ? show(id, deadline) : std::optional<LeaseEntry>();
        if (known == nullptr && before && !*before) {
            revocation.was_gone = true;
            return revocation;
        }
        LEASEHOLD_TRY(forced ? drop_record(id, deadline) : end(id, deadline));
        if (known != nullptr) {
            revocation.subject = known->subject;
            revocation.credential_id = known->credential_id;
            revocation.token_ends = known->expires;
        } else if (before) {
            revocation.token_ends = (*before)->expires;
        }
        // So it does for one whose account stays.
        LEASEHOLD_TRY_ASSIGN(const auto ends, ends_the_token(known, deadline));
        revocation.token_lives = forced || ends == false;
        revocation.token_unknown = !forced && !ends;
        return revocation;
    }

private:
    [[nodiscard]] bool is_of_this_role(const std::string& id) const {
        return id.starts_with(creds_path(settings_) + '/');
    }

    [[nodiscard]] const KnownLease* find(const std::string& id) const {
        const auto found = std::find_if(known_.begin(), known_.end(),
                                        [&](const KnownLease& lease) { return lease.id == id; });
        return found == known_.end() ? nullptr : &*found;
    }

    Result<std::vector<std::string>> all_ids(Deadline deadline) {
        std::vector<std::string> ids;
        if (scope_ == BookScope::own) {
            for (const KnownLease& lease : known_)
                if (std::find(ids.begin(), ids.end(), lease.id) == ids.end())
                    ids.push_back(lease.id);
            return ids;
        }
        LEASEHOLD_TRY_ASSIGN(const Answer answer, client_.ask_any(list_leases_request(settings_),
                                                                  Repeat::reads, deadline));
        const Refusal refusal = read_refusal(answer.response);
        // So it says that there is none.
        if (refusal.status == 404 && refusal.readable && refusal.message.empty())
            return ids;
        if (refusal.status != 200) {
            Error error = refusal_error(refusal, Doing::asking,
                                        "list the leases of " + creds_path(settings_));
            if (refusal.status == 403)
                error.hint = "without --all-holders those are listed that this user's stores know; "
                             "all of them take sudo:\n" +
                             policy_line("sys/leases/lookup/" + creds_path(settings_) + "/",
                                         {"list", "sudo"});
            return error;
        }
        LEASEHOLD_TRY_ASSIGN(ids, read_lease_list(answer.response));
        for (std::string& id : ids)
            id.insert(0, creds_path(settings_) + '/');
        return ids;
    }

    [[nodiscard]] LeaseEntry known_entry(const KnownLease& known) const {
        LeaseEntry entry;
        entry.id = known.id;
        entry.subject = known.subject;
        entry.namespace_ = namespace_of(known.subject);
        entry.issued = known.issued;
        entry.expires = known.expires;
        entry.revocable = known.revocable;
        entry.revocable_known = known.revocable_known;
        entry.ours = true;
        entry.credential_id = known.credential_id;
        entry.state = known.expires <= outside_.clock.now().wall ? "expired" : "active";
        return entry;
    }

    [[nodiscard]] LeaseEntry make_entry(const LeaseRecord& record) const {
        const KnownLease* known = find(record.id);
        LeaseEntry entry = known != nullptr ? known_entry(*known) : LeaseEntry();
        entry.id = record.id;
        entry.issued = record.issued;
        // The server's record may outlive the token.
        entry.expires = known != nullptr && known->expires > 0
                            ? std::min(known->expires, record.expires)
                            : record.expires;
        if (known == nullptr) {
            entry.revocable = settings_.kind == RoleKind::dynamic;
            entry.revocable_known = settings_.kind != RoleKind::unknown;
        }
        entry.state = !record.revoke_error.empty()                 ? "failed-to-revoke"
                      : entry.expires <= outside_.clock.now().wall ? "expired"
                                                                   : "active";
        if (!record.revoke_error.empty())
            entry.state_detail = "the server says: " + record.revoke_error;
        return entry;
    }

    // By the URL, which a policy can confine to one role; else by the body.
    Result<void> end(const std::string& id, Deadline deadline) {
        for (const bool in_body : {false, true}) {
            LEASEHOLD_TRY_ASSIGN(const Answer answer,
                                 client_.ask_any(revoke_lease_request(settings_, id, in_body),
                                                 Repeat::reads, deadline));
            const int status = answer.response.status;
            if (status == 204 || status == 200)
                return {};
            if (status == 403 && !in_body)
                continue;
            Error error = refusal_error(read_refusal(answer.response), Doing::revoking,
                                        "revoke lease " + quoted(id));
            if (status == 403)
                error.hint = "the policy 'default' does not allow it; whoever keeps the policies "
                             "can add:\n" +
                             policy_line(revoke_path(settings_), {"update"});
            return error;
        }
        return {};
    }

    // --force: whatever became of the objects in the cluster.
    Result<void> drop_record(const std::string& id, Deadline deadline) {
        LEASEHOLD_TRY_ASSIGN(
            const Answer answer,
            client_.ask_any(post_request("sys/leases/revoke-force/" + id, settings_.space, nullptr),
                            Repeat::reads, deadline));
        if (answer.response.status == 204 || answer.response.status == 200)
            return {};
        return refusal_error(read_refusal(answer.response), Doing::revoking,
                             "drop the record of lease " + quoted(id));
    }

    // Whether the account was made for the lease: by the profile, by what was seen when it was
    // leased, by the role if that may be read. Empty: only the cluster can tell.
    Result<std::optional<bool>> ends_the_token(const KnownLease* known, Deadline deadline) {
        if (settings_.kind != RoleKind::unknown)
            return std::optional(settings_.kind == RoleKind::dynamic);
        if (known != nullptr && known->revocable_known)
            return std::optional(known->revocable);
        LEASEHOLD_TRY_ASSIGN(
            const Answer answer,
            client_.ask_any(
                get_request(settings_.mount + "/roles/" + settings_.role, settings_.space),
                Repeat::reads, deadline));
        if (answer.response.status != 200)
            return std::optional<bool>();
        const auto facts = read_role_facts(answer.response);
        return facts ? std::optional(facts->kind == RoleKind::dynamic) : std::nullopt;
    }

    const VaultSettings& settings_;
    const LeaseTerms& terms_;
    Outside outside_;
    BookScope scope_;
    std::vector<KnownLease> known_;
    Client client_;
};

} // namespace

std::unique_ptr<LeaseBook> make_vault_book(const VaultSettings& settings, const LeaseTerms& terms,
                                           Outside outside, BookScope scope,
                                           std::vector<KnownLease> known) {
    return std::make_unique<VaultBook>(settings, terms, std::move(outside), scope,
                                       std::move(known));
}

} // namespace leasehold::lease
