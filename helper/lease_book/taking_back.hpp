// Taking back a lease that was made for something that failed after it.
#pragma once

#include "helper/leasing/keys.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/providers/assembly.hpp"

#include <string>

namespace leasehold::helper {

// Ends the lease as far as it can be ended, and takes it out of the stores; the profile need not be
// written. For people: what came of it; "" if it was not leased just now.
[[nodiscard]] std::string take_back(Assembly& assembly, const Obtained& obtained,
                                    const LeaseKey& key, Deadline deadline);

} // namespace leasehold::helper
