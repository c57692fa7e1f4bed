// A person's login to Vault or OpenBao: a password, and a second factor where one is wanted.
#pragma once

#include "helper/providers/side/person.hpp"
#include "src/lease/vault/settings/settings.hpp"
#include "src/lease/vault/wire/outside.hpp"

#include <string>

namespace leasehold::helper {

// Keeps the session, never the password. Answers how long it lasts, for people.
[[nodiscard]] Result<std::string> sign_in_to_vault(const lease::vault::VaultSettings& settings,
                                                   const lease::vault::Outside& outside,
                                                   Secret secret, const Person& person,
                                                   Deadline deadline);

} // namespace leasehold::helper
