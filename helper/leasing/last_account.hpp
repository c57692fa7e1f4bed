// Whose tokens a profile's leases were last, so that another account under the same definition is
// told: a lease server, not the profile, may decide whose token it hands out.
#pragma once

#include "helper/process/edges.hpp"
#include "src/lease/profile/profile.hpp"

#include <string>

namespace leasehold::helper {

// Remembers `subject` for the profile, under its definition: after an edit of the profile it
// starts afresh. A sentence for the audit log if another account had been leased before, else "".
// Not for leases that have an account of their own.
[[nodiscard]] std::string note_account(const Process& process, const lease::Profile& profile,
                                       const std::string& subject);

} // namespace leasehold::helper
