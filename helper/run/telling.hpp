// The first and the last thing that a run does for each of its leases, told on stderr.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/run/files.hpp"
#include "helper/run/leasing.hpp"

#include <string>

namespace leasehold::helper {

// Each is a process's whole work; the exit code.
[[nodiscard]] int lease_first(const Process& process, const RunFiles& run, const std::string& name,
                              const RunLeasing& how);
[[nodiscard]] int end_last(const Process& process, const RunFiles& run, const std::string& name,
                           bool verbose);

} // namespace leasehold::helper
