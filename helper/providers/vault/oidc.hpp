// A person's login in a browser.
#pragma once

#include "helper/providers/side/person.hpp"
#include "src/lease/vault/client.hpp"
#include "src/lease/vault/settings/settings.hpp"

namespace leasehold::helper {

// The answer of a login, for Client::take_login(): by a listener on this machine, or, without one,
// by asking the server until the browser is done (callback-mode: direct, device).
[[nodiscard]] Result<lease::vault::Answer>
log_in_by_browser(const lease::vault::VaultSettings& settings, lease::vault::Client& client,
                  const Person& person, Deadline deadline);

} // namespace leasehold::helper
