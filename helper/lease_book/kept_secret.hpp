// What `leasehold login` keeps: the secret with which a profile's requester asks.
#pragma once

#include "helper/process/edges.hpp"
#include "src/base/secret.hpp"
#include "src/lease/profile/profile.hpp"

#include <string>

namespace leasehold::helper {

// Keeps it in the first store that takes it, those first that survive a restart. The store's name.
[[nodiscard]] Result<std::string> keep_secret(const Process& process, const lease::Profile& profile,
                                              const Secret& secret);

// Forgets it, in every store; what a store had against it, "" for nothing.
[[nodiscard]] std::string forget_kept_secret(const Process& process, const lease::Profile& profile);

} // namespace leasehold::helper
