// Which RBAC rules the requester of a profile needs (packaging/rbac).
#pragma once

#include "src/lease/kubernetes/api/status.hpp"
#include "src/lease/kubernetes/settings/settings.hpp"

#include <vector>

namespace leasehold::lease {

struct NeededRight {
    KubernetesAction action;
    bool optional = false; // leases work without it, but cannot be revoked
};

// In every namespace of the profile. Names are given where a rule can be restricted to them.
[[nodiscard]] std::vector<NeededRight> needed_rights(const KubernetesProfile& profile);

} // namespace leasehold::lease
