// The marked objects of a cluster as the leases that they belong to.
#pragma once

#include "src/lease/kubernetes/record.hpp"

#include <array>
#include <string>
#include <vector>

namespace leasehold::lease {

// The order in which a lease is ended, and its objects are read: first what the token hangs on.
inline constexpr std::array ending_order = {
    ObjectKind::secret,       ObjectKind::service_account,
    ObjectKind::role_binding, ObjectKind::cluster_role_binding,
    ObjectKind::role,         ObjectKind::cluster_role,
};

// The objects of one lease.
struct FoundLease {
    LeaseMark mark;                  // of the object that tells most: the record
    std::vector<ReadObject> objects; // in `ending_order`
    UnixTime expires = 0; // as the record says; without one, the latest that any of them says
};

// The leases of `objects`, by their ids. The objects come in `ending_order`; one without a mark is
// no lease's.
[[nodiscard]] std::vector<FoundLease> leases_among(std::vector<ReadObject> objects,
                                                   CredentialKind credential);

// The object that the lease's token hangs on; null if it is gone.
[[nodiscard]] const ReadObject* record_of(const FoundLease& found, CredentialKind credential);

// The line of the book. `own_hash`: the profile hash of whoever reads it.
[[nodiscard]] LeaseEntry to_entry(const FoundLease& found, CredentialKind credential,
                                  const std::string& own_hash, UnixTime now);

} // namespace leasehold::lease
