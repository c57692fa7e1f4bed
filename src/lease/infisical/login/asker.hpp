// Whose a login is.
#pragma once

#include "src/lease/identity/asker.hpp"
#include "src/lease/infisical/settings/settings.hpp"

namespace leasehold::lease::infisical {

// Of the proof that a login would send, as far as it lies in files and variables.
[[nodiscard]] identity::Asker asker_of(const AuthSettings& auth,
                                       const identity::AskerSurroundings& around);

} // namespace leasehold::lease::infisical
