#include "src/lease/kubernetes/book.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/lease/kubernetes/api/token_request.hpp"
#include "src/lease/kubernetes/fit_namespaces.hpp"
#include "src/lease/kubernetes/lease_reader.hpp"
#include "src/lease/settings/name_template.hpp"

#include <algorithm>
#include <utility>

namespace leasehold::lease {
namespace {

class KubernetesBook final : public LeaseBook {
public:
    KubernetesBook(const KubernetesProfile& profile, RequesterEnvironment outside,
                   LeaseHolder holder, Connector connect, const Clock& clock, BookScope scope,
                   bool records_refused, std::vector<std::string> also_in)
        : profile_(profile), settings_(profile.settings), outside_(std::move(outside)),
          hash_(profile_hash(profile, holder)), connect_(std::move(connect)), clock_(clock),
          scope_(scope), records_refused_(records_refused), also_in_(std::move(also_in)) {}

    Result<std::vector<LeaseEntry>> list(Deadline deadline) override {
        LEASEHOLD_TRY_ASSIGN(const ReadLeases read, this->read("", deadline));
        std::vector<LeaseEntry> entries;
        for (const FoundLease& found : read.leases)
            entries.push_back(entry_of(found));
        return entries;
    }

    Result<std::optional<LeaseEntry>> show(const std::string& id, Deadline deadline) override {
        if (!is_dns_label(id))
            return std::optional<LeaseEntry>(); // another provider's
        LEASEHOLD_TRY_ASSIGN(const ReadLeases read, this->read(id, deadline));
        return read.leases.empty() ? std::nullopt : std::optional(entry_of(read.leases.front()));
    }

    Result<Renewal> renew(const std::string& id, Seconds ttl, Deadline deadline) override;
    Result<Revocation> revoke(const std::string& id, bool forced, Deadline deadline) override;
    Result<Pruned> prune(PruneClock clock, bool dry_run, Deadline deadline) override;

private:
    [[nodiscard]] bool dynamic_() const { return settings_.credential == CredentialKind::dynamic_; }
    Result<void> open(Deadline deadline);
    // Every lease under the scope, or the one of this id.
    Result<ReadLeases> read(const std::string& id, Deadline deadline);
    Result<FoundLease> find(const std::string& id, Deadline deadline);
    Result<void> postpone(const ObjectRef& record, UnixTime expires, const std::string& jti,
                          Deadline deadline);
    Result<void> remove_all(const FoundLease& found, Deadline deadline);
    [[nodiscard]] LeaseEntry entry_of(const FoundLease& found) const {
        return to_entry(found, settings_.credential, hash_, clock_.now().wall);
    }
    [[nodiscard]] bool has_expired(const FoundLease& found, PruneClock clock) const;

    KubernetesProfile profile_;
    const KubernetesSettings& settings_;
    RequesterEnvironment outside_;
    std::string hash_;
    Connector connect_;
    const Clock& clock_;
    BookScope scope_;
    bool records_refused_;
    std::vector<std::string> also_in_;
    std::unique_ptr<KubernetesApi> api_;
};

Result<void> KubernetesBook::open(Deadline deadline) {
    if (!api_) {
        LEASEHOLD_TRY_ASSIGN(api_, KubernetesApi::open(profile_, outside_, connect_, deadline));
    }
    return {};
}

Result<ReadLeases> KubernetesBook::read(const std::string& id, Deadline deadline) {
    LEASEHOLD_TRY(open(deadline));
    std::string selector = lease_selector(scope_ == BookScope::own ? hash_ : "");
    if (!id.empty())
        selector += ',' + std::string(lease_label) + '=' + id;
    const ReaderParts parts{*api_, profile_, scope_, records_refused_, also_in_};
    return LeaseReader(parts, deadline).read(selector);
}

Result<FoundLease> KubernetesBook::find(const std::string& id, Deadline deadline) {
    if (!is_dns_label(id))
        return make_error(ErrorCode::usage, quoted(id) + " is no lease id of a cluster",
                          "'leasehold lease list' tells the ids");
    LEASEHOLD_TRY_ASSIGN(ReadLeases read, this->read(id, deadline));
    if (read.leases.empty())
        return make_error(ErrorCode::configuration,
                          "there is no lease " + quoted(id) +
                              (scope_ == BookScope::own ? " of this profile and holder" : ""),
                          scope_ == BookScope::own
                              ? "it has ended, or is another's: --all-holders looks there too"
                              : "it has ended: 'leasehold lease list --all-holders' tells those "
                                "that are left");
    return std::move(read.leases.front());
}

// A token's life cannot be made longer: a renewal is another token under the same record, so that
// one revocation ends both.
Result<Renewal> KubernetesBook::renew(const std::string& id, Seconds ttl, Deadline deadline) {
    LEASEHOLD_TRY_ASSIGN(FoundLease found, find(id, deadline));
    const ReadObject* record = record_of(found, settings_.credential);
    if (record == nullptr)
        return make_error(ErrorCode::denied, "lease " + quoted(id) + " has lost its record",
                          "make a new one: leasehold lease create --profile " + profile_.name);
    const std::vector<std::string>& spaces = profile_.terms.namespaces;
    if (!spaces.empty() && !profile_.terms.others &&
        std::find(spaces.begin(), spaces.end(), record->ref.namespace_) == spaces.end())
        return make_error(ErrorCode::denied,
                          "lease " + quoted(id) + " is in namespace " +
                              quoted(record->ref.namespace_) + ", which profile " +
                              quoted(profile_.name) + " does not name any more",
                          "make a new one: leasehold lease create --profile " + profile_.name);
    LEASEHOLD_TRY(
        check_fit(*api_, profile_, namespaces_of(settings_, record->ref.namespace_), deadline));
    // The record is for people; which account a token is asked for is the profile's to say.
    const std::string account = dynamic_() ? record->ref.name : settings_.service_account;
    if (found.mark.service_account != account)
        return make_error(ErrorCode::denied,
                          "lease " + quoted(id) + " is for " + quoted(found.mark.service_account) +
                              ", which is not what profile " + quoted(profile_.name) + " leases");
    TokenWish wish{record->ref.namespace_, account, found.mark.audiences, ttl,
                   profile_.terms.issuer};
    if (dynamic_())
        wish.account_uid = record->ref.uid;
    else
        wish.bound_to = record->ref;
    // First the record: a prune must not come between.
    const UnixTime sent = clock_.now().wall;
    const UnixTime now = api_->server_time().value_or(sent);
    const ObjectRef place = record->ref;
    LEASEHOLD_TRY(
        postpone(place, std::max(now + ttl.count() + 60, found.expires), found.mark.jti, deadline));
    const auto response = api_->send(token_request(wish), deadline);
    if (!response)
        return response.error().error;
    if (response->status != 201 && response->status != 200)
        return api_->explain(*response,
                             status_error(*response, {"create", "serviceaccounts/token",
                                                      wish.namespace_, wish.service_account}));
    LEASEHOLD_TRY_ASSIGN(Lease lease, read_token_answer(*response, wish, sent));
    lease.id = id;
    lease.namespace_ = wish.namespace_;
    lease.revocable = true;
    const UnixTime ends = now + lease.life.count();
    LEASEHOLD_TRY(postpone(place, std::max(ends, found.expires), lease.credential_id, deadline));
    found.expires = ends;
    found.mark.jti = lease.credential_id;
    Renewal renewal{entry_of(found), std::move(lease),
                    "a token's own end cannot be moved: this is a new token under the same lease; "
                    "the old one works until its own end"};
    return renewal;
}

// The other objects' dates count only once the record is gone, and the token with it.
Result<void> KubernetesBook::postpone(const ObjectRef& record, UnixTime expires,
                                      const std::string& jti, Deadline deadline) {
    const auto response =
        api_->send(annotate_request(record, answer_annotations(jti, expires)), deadline);
    if (!response)
        return response.error().error;
    if (response->status != 200)
        return api_->explain(*response, status_error(*response, action_on("patch", record)));
    return {};
}

// That which ends the token goes first; what cannot be removed does not keep the rest.
Result<void> KubernetesBook::remove_all(const FoundLease& found, Deadline deadline) {
    Result<void> all;
    for (const ReadObject& object : found.objects) {
        auto removed = api_->remove(object.ref, deadline);
        if (!removed && all)
            all = std::move(removed).error();
    }
    return all;
}

Result<Revocation> KubernetesBook::revoke(const std::string& id, bool, Deadline deadline) {
    Revocation revocation;
    revocation.id = id;
    if (!is_dns_label(id))
        return find(id, deadline).error();
    LEASEHOLD_TRY_ASSIGN(const ReadLeases read, this->read(id, deadline));
    revocation.was_gone = read.leases.empty();
    for (const FoundLease& found : read.leases) {
        revocation.credential_id = found.mark.jti;
        revocation.subject = entry_of(found).subject;
        LEASEHOLD_TRY(remove_all(found, deadline));
        for (const std::string& space : read.unread_of(found))
            revocation.left.push_back("what the lease has in namespace " + quoted(space) + ": " +
                                      read.unread.at(space).message);
    }
    return revocation;
}

bool KubernetesBook::has_expired(const FoundLease& found, PruneClock clock) const {
    const UnixTime local = clock_.now().wall;
    const UnixTime server = api_->server_time().value_or(local);
    return found.expires <=
           (clock == PruneClock::both ? std::min(local, server) : std::max(local, server));
}

Result<Pruned> KubernetesBook::prune(PruneClock clock, bool dry_run, Deadline deadline) {
    LEASEHOLD_TRY_ASSIGN(const ReadLeases read, this->read("", deadline));
    Pruned pruned;
    for (const FoundLease& found : read.leases) {
        if (!has_expired(found, clock))
            continue;
        const bool named = matches_name_template(found.mark.id, default_name_template) ||
                           matches_name_template(found.mark.id, settings_.dynamic.name_template);
        // Of a renewed lease only the record tells how long it lasts.
        const bool judged = record_of(found, settings_.credential) != nullptr ||
                            !read.unread.contains(found.mark.namespace_);
        for (const ReadObject& object : found.objects) {
            if (!named || !judged) {
                pruned.kept.push_back(describe(object.ref) +
                                      (named ? ": whether its account in namespace " +
                                                   found.mark.namespace_ +
                                                   " is still in use cannot be seen"
                                             : ": its name is none that leasehold gives"));
                continue;
            }
            if (auto removed = dry_run ? true : api_->remove(object.ref, deadline); !removed) {
                pruned.stopped = std::move(removed).error();
                return pruned;
            }
            pruned.removed.push_back(describe(object.ref));
        }
    }
    return pruned;
}

} // namespace

std::unique_ptr<LeaseBook> make_kubernetes_book(const KubernetesProfile& profile,
                                                RequesterEnvironment outside, LeaseHolder holder,
                                                Connector connect, const Clock& clock,
                                                BookScope scope, bool records_refused,
                                                std::vector<std::string> also_in) {
    return std::make_unique<KubernetesBook>(profile, std::move(outside), std::move(holder),
                                            std::move(connect), clock, scope, records_refused,
                                            std::move(also_in));
}

} // namespace leasehold::lease
