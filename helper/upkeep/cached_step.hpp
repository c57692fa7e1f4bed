// Whether the API server takes the token that the stores have for a profile, as a step of
// `profile check` and `doctor`.
#pragma once

#include "src/base/clock.hpp"

#include <vector>

namespace leasehold::helper {

class Assembly;
struct CheckStep;
struct Process;

// Adds that step, unless one before it failed, no store has a token, or the server does not say.
// Changes nothing.
void check_cached_lease(std::vector<CheckStep>& steps, Assembly& assembly, const Process& process,
                        Deadline deadline);

} // namespace leasehold::helper
