// The names of a provider's ways to log in: rows of a table, in the order of its enum.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace leasehold::lease {

// The method whose row has that `name`.
template <class Method, class Rows>
[[nodiscard]] std::optional<Method> find_method(const Rows& rows, std::string_view name) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].name == name)
            return static_cast<Method>(i);
    return std::nullopt;
}

// All names, for messages: "token, jwt, ...".
template <class Rows>
[[nodiscard]] std::string joined_names(const Rows& rows) {
    std::string names;
    for (const auto& row : rows)
        names += (names.empty() ? "" : ", ") + std::string(row.name);
    return names;
}

} // namespace leasehold::lease
