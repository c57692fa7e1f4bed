// A secret that another program left in the Secret Service for its user: read, never changed.
#pragma once

#include "cache/secret_service/store.hpp"

#include <optional>
#include <string>

namespace leasehold::cache {

// The newest unlocked item with the attributes `service` and `username`, as go-keyring and its
// relatives write them; empty if there is none. Faults are those of the store.
[[nodiscard]] StoreResult<std::optional<Secret>>
find_foreign_secret(const SecretServiceSettings& settings, const std::string& service,
                    const std::string& username);

} // namespace leasehold::cache
