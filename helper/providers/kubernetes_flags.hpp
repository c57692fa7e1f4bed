// The section `kubernetes:` of a profile, made from flags.
#pragma once

#include "helper/providers/table.hpp"

namespace leasehold::helper {

[[nodiscard]] Result<std::string> kubernetes_section(const DraftingInput& input);

} // namespace leasehold::helper
