// From the command line to the command.
#pragma once

#include "helper/process/edges.hpp"

namespace leasehold::helper {

// Runs the command that the arguments name, shows its error if there is one, and answers the exit
// code of the program.
[[nodiscard]] int dispatch(Process& process);

} // namespace leasehold::helper
