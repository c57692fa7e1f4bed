// The policy that a profile needs, as text to paste.
#pragma once

#include "src/lease/vault/settings/settings.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease::vault {

// A line to copy: path "kubernetes/creds/deployer" { capabilities = ["update"] }
[[nodiscard]] std::string policy_line(std::string_view path,
                                      std::initializer_list<std::string_view> capabilities);

// For a lease that was refused: what is missing, and whose policies those are, if that is known.
[[nodiscard]] std::string missing_policy_hint(const VaultSettings& settings,
                                              const std::vector<std::string>& policies);

// The path of revoking a role's leases and no other's.
[[nodiscard]] std::string revoke_path(const VaultSettings& settings);

} // namespace leasehold::lease::vault
