// The section `vault:` of a profile, made from flags.
#pragma once

#include "helper/providers/side/section.hpp"
#include "src/base/error.hpp"

#include <string>

namespace leasehold::helper {

// What no flag says is taken from the variables of the servers' own tools as they are now, and
// written out: a profile means the same wherever it is used.
[[nodiscard]] Result<std::string> vault_section(const DraftingInput& input);

} // namespace leasehold::helper
