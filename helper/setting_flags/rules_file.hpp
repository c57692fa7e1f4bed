// The rules of a dynamic lease's own role, from a file: a list of PolicyRules, or a Role or
// ClusterRole manifest that holds one.
#pragma once

#include "src/base/error.hpp"

#include <boost/json/array.hpp>

#include <string>

namespace leasehold::helper {

// The rules as they go into a profile, where they are checked. Errors name file, line and column.
[[nodiscard]] Result<boost::json::array> read_rules_file(const std::string& path);

} // namespace leasehold::helper
