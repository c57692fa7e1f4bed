// Files of sections with names and values, as the clouds' own tools keep them.
#pragma once

#include <functional>
#include <string_view>

namespace leasehold::lease::identity {

using VisitPair = std::function<void(std::string_view name, std::string_view value)>;

// Calls `visit` for each `name = value` below `[section]`, blanks around them removed. Lines that
// begin with # or ; are comments, and what is no such line is passed over.
void for_each_in_section(std::string_view text, std::string_view section, const VisitPair& visit);

} // namespace leasehold::lease::identity
