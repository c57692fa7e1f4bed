// The kubeconfig contexts that profiles ask with, for `doctor`.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/providers/side/check_step.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::helper {

// A step for each profile (or this one) whose requester is the user of a context: that it is there,
// that it is not an entry of leasehold's own, and that nobody else can read or change its file.
[[nodiscard]] std::vector<CheckStep> check_requesters(const Process& process,
                                                      const std::optional<std::string>& profile);

} // namespace leasehold::helper
