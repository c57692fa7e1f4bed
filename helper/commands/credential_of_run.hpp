// The exec plugin inside of `leasehold exec`.
#pragma once

#include "helper/exec_protocol/arguments.hpp"
#include "helper/exec_protocol/request.hpp"
#include "helper/process/edges.hpp"
#include "src/base/error.hpp"
#include "src/lease/profile/profile.hpp"

#include <functional>

namespace leasehold::helper {

using ClusterCheck = std::function<Result<void>(const lease::Profile&)>;

// Prints the lease that the run keeps for the profile. It leases nothing, asks no requester and
// opens no store but the run's own: who knows a run's name gets what `credential` would give for
// the same profile, under the same rules about the client's cluster.
[[nodiscard]] Result<int> print_runs_credential(const Process& process,
                                                const CredentialArguments& arguments,
                                                const ExecRequest& request,
                                                const ClusterCheck& check_cluster);

} // namespace leasehold::helper
