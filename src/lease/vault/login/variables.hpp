// The variables that the servers' own tools read.
#pragma once

#include "src/base/environment.hpp"
#include "src/base/error.hpp"
#include "src/base/secret.hpp"
#include "src/lease/vault/settings/settings.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leasehold::lease::vault {

// BAO_NAME where it is set, to "" too, else VAULT_NAME, as OpenBao's tools take them. Empty if
// neither is set, or the one that counts is "".
[[nodiscard]] std::optional<std::string> own_variable(const Environment& environment,
                                                      std::string_view name);

// The secret in such a variable. Neither it nor the token file says which server it is for: where
// the variable ADDR names another than the profile's, it is refused with ErrorCode::configuration.
[[nodiscard]] Result<std::optional<Secret>>
own_secret(const Environment& environment, std::string_view name, const VaultSettings& settings);

} // namespace leasehold::lease::vault
