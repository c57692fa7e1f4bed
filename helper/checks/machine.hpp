// What can be wrong on this machine alone, for `doctor`.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/providers/side/check_step.hpp"

#include <string>
#include <vector>

namespace leasehold::helper {

// The programs, our directories, the CA directory.
[[nodiscard]] std::vector<CheckStep> check_machine(const Process& process);

// The profile's file: there, ours, private, well formed.
[[nodiscard]] std::vector<CheckStep> check_profile_file(const Process& process,
                                                        const std::string& name);

} // namespace leasehold::helper
