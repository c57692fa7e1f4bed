// A person's login, as `infisical login` left it: read only, never changed, never refreshed.
#pragma once

#include "src/lease/infisical/settings/settings.hpp"
#include "src/lease/infisical/wire/outside.hpp"

namespace leasehold::lease::infisical {

// The access token of whoever is logged in with Infisical's CLI to the profile's site. One for
// another site is refused, as is one that has ended: ErrorCode::denied.
[[nodiscard]] Result<Secret> read_cli_session(const InfisicalSettings& settings,
                                              const Outside& outside);

} // namespace leasehold::lease::infisical
