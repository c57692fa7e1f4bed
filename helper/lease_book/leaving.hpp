// Leaving a profile: its leases ended, its session closed, everything kept for it forgotten.
#pragma once

#include "helper/process/edges.hpp"
#include "src/lease/profile/profile.hpp"

namespace leasehold::helper {

enum class Leases { revoke, keep };

// What cannot be ended is told on stderr. The exit code of the worst.
[[nodiscard]] Result<int> log_out(Process& process, lease::Profile profile, Leases leases,
                                  bool verbose);

} // namespace leasehold::helper
