// The rows of the `vault` provider's settings.
#pragma once

#include "src/lease/vault/settings/settings.hpp"

#include <span>

namespace leasehold::lease::vault {

[[nodiscard]] std::span<const Field<VaultSettings>> server_fields();
[[nodiscard]] std::span<const Field<LeaseTerms>> terms_fields();
[[nodiscard]] std::span<const Field<AuthSettings>> auth_fields();

} // namespace leasehold::lease::vault
