// Who asked last for a profile's leases, so that a switch of identity is told.
#pragma once

#include "helper/process/edges.hpp"
#include "src/lease/profile/profile.hpp"

#include <string>

namespace leasehold::helper {

// Remembers who asks now. A sentence for the audit log if another asked before, else "".
[[nodiscard]] std::string note_asker(const Process& process, const lease::Profile& profile);

} // namespace leasehold::helper
