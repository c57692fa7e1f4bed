// Whether leases of a profile may be in a namespace by its labels, as the API server knows them.
#pragma once

#include "src/lease/kubernetes/api/server.hpp"

#include <string>
#include <vector>

namespace leasehold::lease {

// The namespaces that a lease is made in: its account's or Secret's, and those of its roles.
[[nodiscard]] std::vector<std::string> namespaces_of(const KubernetesSettings& settings,
                                                     const std::string& namespace_);

// Holds each of them to the profile's selector, one request a namespace; ErrorCode::denied names
// the first that does not have the labels. Nothing is asked without a selector.
[[nodiscard]] Result<void> check_fit(KubernetesApi& api, const KubernetesProfile& profile,
                                     const std::vector<std::string>& namespaces, Deadline deadline);

} // namespace leasehold::lease
