// What the common exec plugins read, besides their arguments, to choose whose credential they
// print: variables and files. Another value there is another credential.
#pragma once

#include "src/base/environment.hpp"
#include "src/lease/exec/settings/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease::exec {

struct Dependencies {
    std::vector<std::string> variables;
    std::vector<std::string> files; // absolute, there or not
};

// "" if the plugin is none of the table's; else its name there.
[[nodiscard]] std::string_view known_plugin(const ExecSettings& settings);

// By the table, of an unknown plugin the variables that any of the common ones reads; with those
// that the profile names. Variables that the profile itself sets decide nothing. `environment` is
// what the plugin gets, its own variables included; it says where some of the files are.
[[nodiscard]] Dependencies find_dependencies(const ExecSettings& settings,
                                             const Environment& environment,
                                             const std::string& home);

} // namespace leasehold::lease::exec
