// Asks Infisical whether a profile can work: site, login, dynamic secret. Leases nothing.
#pragma once

#include "helper/checks/cluster.hpp"
#include "helper/providers/infisical_side.hpp"

#include <vector>

namespace leasehold::helper {

// The steps up to the first that fails.
[[nodiscard]] std::vector<CheckStep>
check_infisical(InfisicalSide& side, const lease::Profile& profile, Deadline deadline);

} // namespace leasehold::helper
