// The flags of `profile add` and `setup` for the provider infisical, and the YAML they make.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/terminal/options.hpp"

#include <string>

namespace leasehold::helper {

void add_infisical_flags(Options& options);

// The section `infisical:`. What no flag says is taken from the INFISICAL_* variables as they are
// now, and written out: a profile means the same wherever it is used. Secrets never are.
[[nodiscard]] Result<std::string> infisical_section(const Process& process, const Options& options);

} // namespace leasehold::helper
