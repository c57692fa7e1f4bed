// The kubeconfig of a run: one context a profile, the first one current.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/run/files.hpp"
#include "src/base/error.hpp"
#include "src/lease/profile/profile.hpp"

#include <string>
#include <vector>

namespace leasehold::helper {

// How its users get their token.
enum class RunUser {
    plugin,        // asks for the run's own lease
    shared_plugin, // asks as a usual kubeconfig does
    token_file,
};

// Nothing in it is a secret but a proxy's password, which the profile would have to hold.
[[nodiscard]] Result<std::string> run_kubeconfig(const Process& process, const RunFiles& run,
                                                 const std::vector<RunProfile>& profiles,
                                                 RunUser user);

} // namespace leasehold::helper
