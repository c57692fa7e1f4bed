// The profile of a client's call, whose environment its kubeconfig's author wrote.
#pragma once

#include "helper/exec_protocol/arguments.hpp"
#include "helper/exec_protocol/request.hpp"
#include "helper/leasing/keys.hpp"
#include "helper/process/edges.hpp"
#include "src/lease/profile/profile.hpp"

namespace leasehold::helper {

// Refused where the kubeconfig says whose files are used.
[[nodiscard]] Result<void> check_places(const Process& process);

// Loads the profile that the arguments name, or, where the client asks for the cluster of one of
// its siblings, that one, and lets what it lets through count in `process`. Refused where the
// kubeconfig says whose profiles are used. `request` null: what goes on behind a call, which names
// the profile that served it.
[[nodiscard]] Result<lease::Profile> open_clients_profile(Process& process,
                                                          const CredentialArguments& arguments,
                                                          const ExecRequest* request);

// The key of the profile's lease. Refused where the kubeconfig says who asks.
[[nodiscard]] Result<LeaseKey> clients_key(const Process& process, const lease::Profile& profile,
                                           const lease::LeaseRequest& wanted);

} // namespace leasehold::helper
