// The elements of `clusters`, `users` and `contexts` that an Entry stands for, laid out as kubectl
// would write them (keys sorted), so that its rewrites change nothing about them.
#pragma once

#include "kubeconfig/document/document.hpp"
#include "kubeconfig/draft/marker.hpp"
#include "kubeconfig/draft/value.hpp"

namespace leasehold::kubeconfig {

// The name an entry's element has in `section`.
[[nodiscard]] const std::string& name_in(Section section, const Entry& entry);

// The whole element, `name` included.
[[nodiscard]] Value item_of(Section section, const Entry& entry, const Marker& marker);

} // namespace leasehold::kubeconfig
