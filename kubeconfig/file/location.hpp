// Which kubeconfig is meant, by the rules of client-go.
#pragma once

#include "src/base/environment.hpp"
#include "src/base/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::kubeconfig {

// All files kubectl would read, first one first and with absolute paths: `flag` alone, in which
// "~/" is HOME, else the list in KUBECONFIG without empty and doubled elements, else
// ~/.kube/config. None of them need exist. An error only if HOME is needed and not set.
[[nodiscard]] Result<std::vector<std::string>>
kubeconfig_files(const std::optional<std::string>& flag, const Environment& environment);

// The file that new entries go to: of a list the first that exists, else the last one.
[[nodiscard]] Result<std::string> kubeconfig_to_edit(const std::optional<std::string>& flag,
                                                     const Environment& environment);

} // namespace leasehold::kubeconfig
