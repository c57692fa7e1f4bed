// Removing what expired leases of a profile left in the cluster, now and then and unasked.
#pragma once

#include "src/base/clock.hpp"

namespace leasehold::lease {
struct Profile;
} // namespace leasehold::lease

namespace leasehold::helper {

class Assembly;
struct Process;

// At most once in this time for each profile.
inline constexpr Seconds between_sweeps{3600};

// Whether it is time again; if so, this call has taken it. The first lease of a profile only
// starts the count.
[[nodiscard]] bool take_sweep(const Process& process, const lease::Profile& profile);

// Prunes, if both the local and the server's clock say that a lease has expired. Errors are
// dropped: nobody waits for it, and `lease prune` tells them.
void sweep(Assembly& assembly, Deadline deadline);

} // namespace leasehold::helper
