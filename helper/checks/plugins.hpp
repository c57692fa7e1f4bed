// The exec plugins of kubeconfigs that leasehold could stand in front of, for `doctor`.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/providers/side/check_step.hpp"
#include "src/base/clock.hpp"

#include <vector>

namespace leasehold::helper {

// A step for each such plugin. With `measure` each is run once, without a terminal, to tell what a
// call costs: somebody else may have written the kubeconfig, so that only a person may want that.
[[nodiscard]] std::vector<CheckStep> check_plugins(const Process& process, bool measure,
                                                   Deadline deadline);

} // namespace leasehold::helper
