#include "src/lease/kubernetes/found_lease.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace leasehold::lease {

std::vector<FoundLease> leases_among(std::vector<ReadObject> objects, CredentialKind credential) {
    std::map<std::string, FoundLease> by_id;
    for (ReadObject& object : objects) {
        auto mark = read_mark(object);
        if (!mark)
            continue;
        const auto [place, fresh] = by_id.try_emplace(mark->id);
        FoundLease& found = place->second;
        found.expires = std::max(found.expires, mark->expires);
        if (fresh)
            found.mark = *std::move(mark); // the kinds come in the order of what they tell
        found.objects.push_back(std::move(object));
    }
    std::vector<FoundLease> leases;
    for (auto& [name, found] : by_id) {
        if (record_of(found, credential) != nullptr)
            found.expires = found.mark.expires;
        leases.push_back(std::move(found));
    }
    return leases;
}

const ReadObject* record_of(const FoundLease& found, CredentialKind credential) {
    const ObjectKind kind =
        credential == CredentialKind::dynamic_ ? ObjectKind::service_account : ObjectKind::secret;
    for (const ReadObject& object : found.objects)
        if (object.ref.kind == kind)
            return &object;
    return nullptr;
}

LeaseEntry to_entry(const FoundLease& found, CredentialKind credential, const std::string& own_hash,
                    UnixTime now) {
    const LeaseMark& mark = found.mark;
    const ReadObject* record = record_of(found, credential);
    LeaseEntry entry;
    entry.id = mark.id;
    entry.profile = mark.profile;
    entry.holder = mark.holder;
    entry.issued = mark.issued;
    entry.expires = found.expires;
    entry.credential_id = mark.jti;
    entry.reason = mark.reason;
    entry.ours = mark.profile_hash == own_hash;
    entry.revocable = true;
    if (record != nullptr) {
        entry.namespace_ = record->ref.namespace_;
        entry.subject =
            "system:serviceaccount:" + record->ref.namespace_ + ':' + mark.service_account;
    }
    entry.state = found.expires <= now                    ? "expired"
                  : record == nullptr || mark.jti.empty() ? "incomplete"
                                                          : "active";
    entry.details["credential"] = mark.credential;
    if (!mark.grant.empty())
        entry.details["grant"] = mark.grant;
    std::string names;
    for (const ReadObject& object : found.objects)
        names += (names.empty() ? "" : ", ") + describe(object.ref);
    entry.details["objects"] = names;
    return entry;
}

} // namespace leasehold::lease
