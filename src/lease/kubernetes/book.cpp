#include "src/lease/kubernetes/book.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/lease/kubernetes/api/token_request.hpp"
#include "src/lease/kubernetes/found_lease.hpp"
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
        LEASEHOLD_TRY_ASSIGN(const auto leases, read("", deadline));
        std::vector<LeaseEntry> entries;
        for (const FoundLease& found : leases)
            entries.push_back(entry_of(found));
        return entries;
    }

    Result<std::optional<LeaseEntry>> show(const std::string& id, Deadline deadline) override {
        if (!is_dns_label(id))
            return std::optional<LeaseEntry>(); // another provider's
        LEASEHOLD_TRY_ASSIGN(const auto leases, read(id, deadline));
        return leases.empty() ? std::nullopt : std::optional(entry_of(leases.front()));
    }

    Result<Renewal> renew(const std::string& id, Seconds ttl, Deadline deadline) override;
    Result<Revocation> revoke(const std::string& id, bool forced, Deadline deadline) override;
    Result<Pruned> prune(PruneClock clock, bool dry_run, Deadline deadline) override;

private:
    [[nodiscard]] bool dynamic_() const { return settings_.credential == CredentialKind::dynamic_; }
    Result<void> open(Deadline deadline);
    // Every lease under the scope, or the one of this id.
    Result<std::vector<FoundLease>> read(const std::string& id, Deadline deadline);
    Result<void> read_kind(ObjectKind kind, const std::string& namespace_,
                           const std::string& selector, std::vector<ReadObject>& objects,
                           Deadline deadline);
    [[nodiscard]] bool is_needed(ObjectKind kind) const;
    Result<FoundLease> find(const std::string& id, Deadline deadline);
    Result<void> postpone(const FoundLease& found, UnixTime expires, const std::string& jti,
                          Deadline deadline);
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

// What the profile's own leases are made of; other kinds are looked at if that is allowed, since
// the profile may have been another one once.
bool KubernetesBook::is_needed(ObjectKind kind) const {
    const bool cluster_wide = settings_.dynamic.binding == DynamicSettings::Binding::cluster;
    switch (kind) {
    case ObjectKind::secret:
        return !records_refused_;
    case ObjectKind::service_account:
        return true;
    case ObjectKind::role_binding:
        return !cluster_wide;
    case ObjectKind::cluster_role_binding:
        return cluster_wide;
    case ObjectKind::role:
        return !cluster_wide && !settings_.dynamic.rules.empty();
    case ObjectKind::cluster_role:
        return cluster_wide && !settings_.dynamic.rules.empty();
    case ObjectKind::namespace_:
        return false;
    }
    return true;
}

Result<void> KubernetesBook::read_kind(ObjectKind kind, const std::string& namespace_,
                                       const std::string& selector,
                                       std::vector<ReadObject>& objects, Deadline deadline) {
    auto found = api_->list(kind, namespace_, selector, deadline);
    if (!found) {
        const ErrorCode code = found.error().code;
        const bool answered = code != ErrorCode::unreachable && code != ErrorCode::timed_out;
        if (!is_needed(kind) && (kind == ObjectKind::secret ? answered : code == ErrorCode::denied))
            return {};
        return std::move(found).error();
    }
    std::move(found->begin(), found->end(), std::back_inserter(objects));
    return {};
}

Result<std::vector<FoundLease>> KubernetesBook::read(const std::string& id, Deadline deadline) {
    LEASEHOLD_TRY(open(deadline));
    std::string selector = lease_selector(scope_ == BookScope::own ? hash_ : "");
    if (!id.empty())
        selector += ',' + std::string(lease_label) + '=' + id;
    std::vector<ReadObject> objects;
    for (const ObjectKind kind : ending_order) {
        if ((kind == ObjectKind::secret) == dynamic_())
            continue;
        if (!names_of(kind).namespaced) {
            LEASEHOLD_TRY(read_kind(kind, "", selector, objects, deadline));
            continue;
        }
        for (const std::string& space : profile_.terms.namespaces)
            LEASEHOLD_TRY(read_kind(kind, space, selector, objects, deadline));
        for (const std::string& space : also_in_) {
            auto looked = read_kind(kind, space, selector, objects, deadline);
            if (!looked && (scope_ == BookScope::own || looked.error().code != ErrorCode::denied))
                return std::move(looked).error();
        }
    }
    return leases_among(std::move(objects), settings_.credential);
}

Result<FoundLease> KubernetesBook::find(const std::string& id, Deadline deadline) {
    if (!is_dns_label(id))
        return make_error(ErrorCode::usage, quoted(id) + " is no lease id of a cluster",
                          "'leasehold lease list' tells the ids");
    LEASEHOLD_TRY_ASSIGN(auto leases, read(id, deadline));
    if (leases.empty())
        return make_error(ErrorCode::configuration,
                          "there is no lease " + quoted(id) +
                              (scope_ == BookScope::own ? " of this profile and holder" : ""),
                          scope_ == BookScope::own
                              ? "it has ended, or is another's: --all-holders looks there too"
                              : "it has ended: 'leasehold lease list --all-holders' tells those "
                                "that are left");
    return std::move(leases.front());
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
    if (!spaces.empty() &&
        std::find(spaces.begin(), spaces.end(), record->ref.namespace_) == spaces.end())
        return make_error(ErrorCode::denied,
                          "lease " + quoted(id) + " is in namespace " +
                              quoted(record->ref.namespace_) + ", which profile " +
                              quoted(profile_.name) + " does not name any more",
                          "make a new one: leasehold lease create --profile " + profile_.name);
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
    LEASEHOLD_TRY(postpone(found, now + ttl.count() + 60, found.mark.jti, deadline));
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
    LEASEHOLD_TRY(postpone(found, now + lease.life.count(), lease.credential_id, deadline));
    found.expires = now + lease.life.count();
    found.mark.jti = lease.credential_id;
    Renewal renewal{entry_of(found), std::move(lease),
                    "a token's own end cannot be moved: this is a new token under the same lease; "
                    "the old one works until its own end"};
    return renewal;
}

Result<void> KubernetesBook::postpone(const FoundLease& found, UnixTime expires,
                                      const std::string& jti, Deadline deadline) {
    for (const ReadObject& object : found.objects) {
        const auto response = api_->send(
            annotate_request(object.ref, answer_annotations(jti, std::max(expires, found.expires))),
            deadline);
        if (!response)
            return response.error().error;
        // The bindings' own dates only count once the record is gone.
        const bool record =
            object.ref.kind == ObjectKind::secret || object.ref.kind == ObjectKind::service_account;
        if (response->status != 200 && record)
            return api_->explain(*response,
                                 status_error(*response, action_on("patch", object.ref)));
    }
    return {};
}

Result<Revocation> KubernetesBook::revoke(const std::string& id, bool, Deadline deadline) {
    Revocation revocation;
    revocation.id = id;
    if (!is_dns_label(id))
        return find(id, deadline).error();
    LEASEHOLD_TRY_ASSIGN(const auto leases, read(id, deadline));
    revocation.was_gone = leases.empty();
    for (const FoundLease& found : leases) {
        revocation.credential_id = found.mark.jti;
        revocation.subject = entry_of(found).subject;
        // read() lists the kinds in the order in which they are ended.
        for (const ReadObject& object : found.objects)
            LEASEHOLD_TRY(api_->remove(object.ref, deadline));
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
    LEASEHOLD_TRY_ASSIGN(const auto leases, read("", deadline));
    Pruned pruned;
    for (const FoundLease& found : leases) {
        if (!has_expired(found, clock))
            continue;
        const bool named = matches_name_template(found.mark.id, default_name_template) ||
                           matches_name_template(found.mark.id, settings_.dynamic.name_template);
        for (const ReadObject& object : found.objects) {
            if (!named) {
                pruned.kept.push_back(describe(object.ref) +
                                      ": its name is none that leasehold gives");
                continue;
            }
            if (!dry_run)
                LEASEHOLD_TRY(api_->remove(object.ref, deadline));
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
