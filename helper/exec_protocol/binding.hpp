// The rule that a token is only ever handed to the cluster it is for (INP-3, P1).
#pragma once

#include "helper/exec_protocol/request.hpp"
#include "src/lease/profile/profile.hpp"

namespace leasehold::helper {

// Holds the client's cluster against the profile's: server, TLS name, CA, verification. Touches
// no network and no store. ErrorCode::denied on a mismatch.
[[nodiscard]] Result<void> check_cluster_binding(const ExecRequest& request,
                                                 const lease::Profile& profile);

// Whether the client goes there through a proxy that is not the profile's: no reason to refuse it
// (TLS ends at the server), but one to write it down.
[[nodiscard]] bool takes_another_proxy(const ExecRequest& request, const lease::Profile& profile);

} // namespace leasehold::helper
