// Keeping a run's lease fresh while its command runs.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/run/files.hpp"
#include "helper/run/leasing.hpp"
#include "src/base/fd.hpp"

#include <string>

namespace leasehold::helper {

// A process's whole work: renews the lease of the profile `name` whenever it is due, until it is
// ended by a signal. If `lifeline` comes to its end, the process that held its other end was
// killed, and with it the run: then the run's leases and files are cleared away.
[[nodiscard]] int keep_fresh(const Process& process, RunFiles run, const std::string& name,
                             const RunLeasing& how, int lifeline);

} // namespace leasehold::helper
