// Profiles that name another among their siblings.
#pragma once

#include "helper/process/edges.hpp"
#include "src/base/error.hpp"

#include <string>
#include <vector>

namespace leasehold::helper {

// The names of this user's profiles by which clients are served that ask for `name`'s cluster. An
// error if the profiles cannot be listed; one that cannot be read is left out.
[[nodiscard]] Result<std::vector<std::string>> profiles_that_name(const Process& process,
                                                                  const std::string& name);

} // namespace leasehold::helper
