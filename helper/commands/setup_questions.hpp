// What `setup` asks a person for, with what there is to choose from.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/terminal/options.hpp"

#include <string>

namespace leasehold::helper {

// Asks on a terminal for what the flags of `setup NAME` do not say, and sets it as if they did.
// Does nothing where there is no terminal.
[[nodiscard]] Result<void> ask_for_missing(const Process& process, Options& options,
                                           const std::string& name);

} // namespace leasehold::helper
