// Kubeconfigs that do not last: kubie, kubeswitch and others make one for each shell and take it
// away at its end.
#pragma once

#include "helper/process/edges.hpp"

#include <optional>
#include <string>

namespace leasehold::helper {

// "FILE, a temporary file: ..." if the kubeconfig at this absolute path seems to be one.
[[nodiscard]] std::optional<std::string> temporary_file(const Process& process,
                                                        const std::string& path);

} // namespace leasehold::helper
