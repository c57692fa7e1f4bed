// Whose credential a plugin prints: by its command line, and by what it is known to read.
#pragma once

#include "src/lease/exec/settings/settings.hpp"
#include "src/lease/identity/asker.hpp"

namespace leasehold::lease::exec {

// Arguments and variables of the plugin's own by their digest, since they may hold secrets; what it
// depends on by value and content.
[[nodiscard]] identity::Asker asker_of(const ExecSettings& settings,
                                       const identity::AskerSurroundings& around);

// What the plugin gets of `environment`: what such tools are known to need, what the profile lets
// through (`more`), what it depends on, and over all of that its own variables.
[[nodiscard]] Environment environment_for(const ExecSettings& settings,
                                          const Environment& environment,
                                          std::vector<std::string> more);

} // namespace leasehold::lease::exec
