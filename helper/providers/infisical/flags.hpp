// The section `infisical:` of a profile, made from flags.
#pragma once

#include "helper/providers/side/section.hpp"
#include "src/base/error.hpp"
#include "src/lease/infisical/settings/settings.hpp"

#include <string>
#include <vector>

namespace leasehold::helper {

// What no flag says is taken from the INFISICAL_* variables as they are now, and written out: a
// profile means the same wherever it is used.
[[nodiscard]] Result<std::string> infisical_section(const DraftingInput& input);

// The rows that say which folder of which site it is, and how to log in there: what is left of a
// profile where nothing is leased.
[[nodiscard]] std::vector<lease::FieldGroup> infisical_place_groups();
// Those rows alone, for the dynamic secret of that name.
[[nodiscard]] Result<std::string> infisical_place_section(const DraftingInput& input,
                                                          const std::string& dynamic_secret);

} // namespace leasehold::helper
