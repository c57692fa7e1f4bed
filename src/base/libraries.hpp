// The libraries that this program is linked with, for those who must know whether a fix is in it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace leasehold {

using Libraries = std::vector<std::pair<std::string, std::string>>; // name, version that runs

// The C and C++ libraries, Boost, libyaml and nettle.
[[nodiscard]] Libraries base_libraries();

} // namespace leasehold
