// What a profile that was moved leaves behind.
#pragma once

#include "helper/process/edges.hpp"
#include "src/lease/profile/profile.hpp"

#include <string>

namespace leasehold::helper {

// For stderr: the cached leases of the profile that are at another server or in a namespace that it
// does not name, and how to end them; "" if there are none.
[[nodiscard]] std::string left_elsewhere_text(const Process& process,
                                              const lease::Profile& profile);

} // namespace leasehold::helper
