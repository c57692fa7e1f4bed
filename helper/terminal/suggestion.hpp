// What somebody may have meant who mistyped a word.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

// The word that is fewest edits away (insertions, deletions, replacements, neighbours swapped): at
// most two, and fewer than half of its letters. "" if none is that close.
[[nodiscard]] std::string closest(std::string_view given, const std::vector<std::string>& words);

} // namespace leasehold::helper
