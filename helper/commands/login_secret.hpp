// The secret that a profile's requester asks with, as `login` and `setup` are given it.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/terminal/options.hpp"
#include "src/base/secret.hpp"
#include "src/lease/profile/profile.hpp"

#include <string>

namespace leasehold::helper {

// Declares --token-file, --token-stdin and the like.
void declare_secret_flags(Options& options);

// Reads what they name, else asks on the terminal. One line of text; a token without white space
// at its ends.
[[nodiscard]] Result<Secret> read_login_secret(const Process& process, const Options& options,
                                               const lease::KeptSecret& kept,
                                               const std::string& profile);

} // namespace leasehold::helper
