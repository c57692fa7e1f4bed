// Where a profile's file is and what it must be: all that the front needs to know of profiles.
#pragma once

#include "src/base/files.hpp"

#include <string>
#include <string_view>

namespace leasehold::lease {

// The rules a profile's file must keep: its owner's, and nobody else may change it.
[[nodiscard]] inline FileRules profile_file_rules() {
    return {.owned_by_me = true, .not_writable_by_others = true, .limit = 1 << 20};
}

inline constexpr std::string_view profile_suffix = ".yaml";

// Where a profile of this name is kept.
[[nodiscard]] inline std::string profile_path(std::string_view directory, std::string_view name) {
    return std::string(directory) + '/' + std::string(name) + std::string(profile_suffix);
}

} // namespace leasehold::lease
