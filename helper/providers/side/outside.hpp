// What logging in to a server needs from the world around, as this program has it.
#pragma once

#include "helper/providers/side/side.hpp"
#include "src/lease/identity/outside.hpp"

namespace leasehold::helper {

// The process and the parts of a side, which outlive it; sessions are kept in `sessions`.
[[nodiscard]] lease::identity::Outside outside_of(const SideParts& parts,
                                                  lease::identity::SessionStore& sessions);

} // namespace leasehold::helper
