// The three lists of a kubeconfig.
#pragma once

#include <string_view>

namespace leasehold::kubeconfig {

enum class Section { clusters, users, contexts };

// "cluster", "user", "context".
[[nodiscard]] std::string_view singular(Section section);
// "clusters", "users", "contexts".
[[nodiscard]] std::string_view plural(Section section);

} // namespace leasehold::kubeconfig
