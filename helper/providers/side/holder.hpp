// Who leases: for the records in the cluster and the audit log.
#pragma once

#include "src/base/environment.hpp"
#include "src/lease/kubernetes/record.hpp"

#include <string>

namespace leasehold::helper {

// The user by the user database (else USER), the host's name, and this machine's identity.
[[nodiscard]] lease::LeaseHolder find_holder(const Environment& environment);

// What started us, for the audit log: "kubectl[4711]"; "" if /proc does not tell.
[[nodiscard]] std::string find_caller();

} // namespace leasehold::helper
