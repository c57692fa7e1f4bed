// Who leases: for the records in the cluster and the audit log.
#pragma once

#include "src/base/environment.hpp"
#include "src/lease/kubernetes/record.hpp"

#include <string>

namespace leasehold::helper {

// The user by the user database (else USER), the host's name, and what tells this person's leases
// of the profile in the file `path` from those of all others. That is the same in a user namespace
// (a rootless container) that has another number for this user: where the file is the user's own,
// which file it is tells whose it is. One of root's, which many may lease by, takes the number.
[[nodiscard]] lease::LeaseHolder find_holder(const Environment& environment,
                                             const std::string& path);

// What started us, for the audit log: "kubectl[4711]"; "" if /proc does not tell.
[[nodiscard]] std::string find_caller();

} // namespace leasehold::helper
