// The secret that a profile's requester asks with, as `login` and `setup` are given it.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/terminal/options.hpp"
#include "src/base/secret.hpp"
#include "src/lease/profile/profile.hpp"
#include "src/lease/providers.hpp"

namespace leasehold::helper {

// What else the command declares. Where a flag such as --client-secret-file is a setting, too, it
// is that: the profile then names the file, and nothing is kept.
enum class Beside { nothing, settings };

// Declares --token-file, --token-stdin and what else the providers' rows have.
void declare_secret_flags(Options& options, Beside beside);

// Whether one of them was given, for a profile of this provider.
[[nodiscard]] bool secret_is_given(const Options& options, const lease::ProviderKind& kind);

// Reads what they name, else asks on the terminal. One line of text; a token without white space
// at its ends.
[[nodiscard]] Result<Secret> read_login_secret(const Process& process, const Options& options,
                                               const lease::KeptSecret& kept,
                                               const lease::Profile& profile);

} // namespace leasehold::helper
