#include "src/base/environment.hpp"

#include <algorithm>

namespace leasehold {

namespace {

void add_entry(std::string_view entry, Environment::Variables& variables) {
    const std::size_t equals = entry.find('=');
    if (equals != std::string_view::npos && equals != 0)
        variables[std::string(entry.substr(0, equals))] = std::string(entry.substr(equals + 1));
}

} // namespace

Environment Environment::snapshot(const char* const* block) {
    Variables variables;
    for (; block != nullptr && *block != nullptr; ++block)
        add_entry(*block, variables);
    return Environment(std::move(variables));
}

Environment Environment::parse(std::string_view block) {
    Variables variables;
    while (!block.empty()) {
        const std::string_view entry = block.substr(0, block.find('\0'));
        block.remove_prefix(std::min(entry.size() + 1, block.size()));
        add_entry(entry, variables);
    }
    return Environment(std::move(variables));
}

std::optional<std::string> Environment::get(std::string_view name) const {
    const auto found = variables_.find(name);
    if (found == variables_.end())
        return std::nullopt;
    return found->second;
}

} // namespace leasehold
