// `profile check` and `doctor` for profiles that lease from Vault or OpenBao.
#pragma once

#include "helper/providers/side/check_step.hpp"
#include "src/lease/profile/profile.hpp"
#include "src/lease/vault/settings/settings.hpp"
#include "src/lease/vault/wire/outside.hpp"

#include <vector>

namespace leasehold::helper {

// The server and whether it is unsealed; the login; what its policies allow; what the role says,
// where it may be read. Leases nothing.
[[nodiscard]] std::vector<CheckStep> check_vault(const lease::vault::VaultSettings& settings,
                                                 const lease::Profile& profile,
                                                 const lease::vault::Outside& outside,
                                                 Deadline deadline);

} // namespace leasehold::helper
