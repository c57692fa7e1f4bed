// A profile as data: for `profile list` and `profile show`.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/terminal/text.hpp"
#include "src/lease/profile/profile.hpp"

#include <boost/json/value.hpp>

#include <string>

namespace leasehold::helper {

[[nodiscard]] boost::json::object profile_json(const lease::Profile& profile);
// The same values under "values", each {"value", "origin"}.
[[nodiscard]] boost::json::object profile_json_with_origins(const lease::Profile& profile);
// KEY, VALUE, ORIGIN.
[[nodiscard]] Table profile_table(const lease::Profile& profile);
// Where the profile of this name is kept for this process.
[[nodiscard]] std::string profile_path(const Process& process, const std::string& name);

} // namespace leasehold::helper
