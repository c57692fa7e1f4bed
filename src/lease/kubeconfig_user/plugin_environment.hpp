// Which of our variables somebody else's exec plugin gets: what such tools are known to need, and
// not what another program's secrets lie in.
#pragma once

#include "src/base/environment.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease {

// Whether plugins get a variable of this name without being told to.
[[nodiscard]] bool reaches_plugins(std::string_view name);

// The part of `environment` for a plugin; `more` are names that the profile lets through.
[[nodiscard]] Environment plugin_environment(const Environment& environment,
                                             const std::vector<std::string>& more);

// Names of variables by which the common plugins choose whose credential they print.
[[nodiscard]] const std::vector<std::string>& plugin_identity_variables();

} // namespace leasehold::lease
