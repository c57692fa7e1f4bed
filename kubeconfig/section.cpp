#include "kubeconfig/section.hpp"

#include <array>
#include <cstddef>

namespace leasehold::kubeconfig {

std::string_view singular(Section section) {
    constexpr std::array<std::string_view, 3> names = {"cluster", "user", "context"};
    return names[static_cast<std::size_t>(section)];
}

std::string_view plural(Section section) {
    constexpr std::array<std::string_view, 3> names = {"clusters", "users", "contexts"};
    return names[static_cast<std::size_t>(section)];
}

} // namespace leasehold::kubeconfig
