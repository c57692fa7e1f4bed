// What lies in a directory.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace leasehold {

// As far as the directory can be read: none if it cannot be opened, and what was read so far if the
// reading breaks off. A range-for over directory_iterator would throw there.
[[nodiscard]] std::vector<std::filesystem::directory_entry>
entries_of(const std::string& directory);

} // namespace leasehold
