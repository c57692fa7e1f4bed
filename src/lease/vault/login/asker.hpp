// Whose a login is.
#pragma once

#include "src/lease/identity/asker.hpp"
#include "src/lease/vault/settings/settings.hpp"

namespace leasehold::lease::vault {

// Of the proof that a login would send, as far as it lies in files and variables.
[[nodiscard]] identity::Asker asker_of(const VaultSettings& settings,
                                       const identity::AskerSurroundings& around);

} // namespace leasehold::lease::vault
