// Where the runs of `leasehold exec` keep their files, each in a directory of its own, in memory.
// Mostly not by the environment: the command that runs may change HOME and all else. The front
// needs this too: nothing but system calls here.
#pragma once

#include "helper/process/directories.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

// The directories in which runs may be, in order of preference; they need not be there.
[[nodiscard]] std::vector<std::string> run_places(const Lookup& lookup);

// The name of a run is 24 lower-case hex digits: random, and safe as a file name.
inline constexpr std::size_t run_id_length = 24;
[[nodiscard]] bool is_run_id(std::string_view text);

// The directories in which the run `id` may be.
[[nodiscard]] std::vector<std::string> run_directories(const Lookup& lookup, std::string_view id);

} // namespace leasehold::helper
