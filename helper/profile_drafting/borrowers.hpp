// Which kubeconfig contexts profiles ask with: whoever replaced one would take away an identity.
#pragma once

#include "helper/process/edges.hpp"
#include "src/base/error.hpp"
#include "src/lease/profile/profile.hpp"

#include <string>

namespace leasehold::helper {

// The name of a profile that asks with the user of this context of this kubeconfig; "" if none
// does. `draft` is one that may not be written yet.
[[nodiscard]] Result<std::string> borrower_of(const Process& process, const lease::Profile& draft,
                                              const std::string& kubeconfig,
                                              const std::string& context);

} // namespace leasehold::helper
