// The section `exec:` of a profile, made from flags or from the exec entry of a kubeconfig context.
#pragma once

#include "helper/providers/side/section.hpp"
#include "src/base/error.hpp"

#include <string>

namespace leasehold::helper {

// What the plugin's name means is settled here: a profile has its absolute path.
[[nodiscard]] Result<std::string> exec_section(const DraftingInput& input);

} // namespace leasehold::helper
