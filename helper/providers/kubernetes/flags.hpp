// The section `kubernetes:` of a profile, made from flags.
#pragma once

#include "helper/providers/side/section.hpp"
#include "src/base/error.hpp"

#include <string>

namespace leasehold::helper {

[[nodiscard]] Result<std::string> kubernetes_section(const DraftingInput& input);

} // namespace leasehold::helper
