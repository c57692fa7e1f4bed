#include "src/base/environment.hpp"

namespace leasehold {

Environment Environment::snapshot(const char* const* block) {
    Variables variables;
    for (; block != nullptr && *block != nullptr; ++block) {
        const std::string_view entry(*block);
        const std::size_t equals = entry.find('=');
        if (equals == std::string_view::npos || equals == 0)
            continue;
        variables[std::string(entry.substr(0, equals))] = std::string(entry.substr(equals + 1));
    }
    return Environment(std::move(variables));
}

std::optional<std::string> Environment::get(std::string_view name) const {
    const auto found = variables_.find(name);
    if (found == variables_.end())
        return std::nullopt;
    return found->second;
}

Environment Environment::without(std::string_view prefix) const {
    Variables kept = variables_;
    std::erase_if(kept, [&](const auto& variable) { return variable.first.starts_with(prefix); });
    return Environment(std::move(kept));
}

} // namespace leasehold
