// Remembers that a profile's requester was refused to create lease Secrets, so that a profile that
// leaves it open does not ask the cluster in vain with every lease.
#pragma once

#include "helper/process/edges.hpp"
#include "src/lease/profile/profile.hpp"

#include <string>

namespace leasehold::helper {

// After this the requester's rights may have changed: asked anew.
inline constexpr Seconds refusal_of_secrets_counts{24 * 3600};

// Whether it was refused lately, for the profile's file as it stands.
[[nodiscard]] bool were_secrets_refused(const Process& process, const lease::Profile& profile);
void remember_secrets_refused(const Process& process, const lease::Profile& profile);
void forget_secrets_refused(const Process& process, const lease::Profile& profile);

} // namespace leasehold::helper
