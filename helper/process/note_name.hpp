// What the files in the state directory are called that tell something about a profile.
#pragma once

#include "src/base/digest.hpp"

#include <string>

namespace leasehold::helper {

// By the path of the profile's file. Files that depend on more than that have more behind it.
[[nodiscard]] inline std::string note_name(const std::string& profile_path) {
    return sha256_hex(profile_path).substr(0, 32);
}

} // namespace leasehold::helper
