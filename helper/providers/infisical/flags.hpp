// The section `infisical:` of a profile, made from flags.
#pragma once

#include "helper/providers/side/section.hpp"
#include "src/base/error.hpp"

#include <string>

namespace leasehold::helper {

// What no flag says is taken from the INFISICAL_* variables as they are now, and written out: a
// profile means the same wherever it is used.
[[nodiscard]] Result<std::string> infisical_section(const DraftingInput& input);

} // namespace leasehold::helper
