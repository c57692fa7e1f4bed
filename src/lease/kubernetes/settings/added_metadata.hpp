// Labels and annotations of a profile's own on what its leases make.
#pragma once

#include "src/base/error.hpp"
#include "src/lease/kubernetes/settings/settings.hpp"
#include "src/lease/settings/field.hpp"

#include <span>
#include <string>
#include <string_view>

namespace leasehold::lease {

// The rows `labels` and `annotations`.
[[nodiscard]] std::span<const Field<KubernetesSettings>> added_metadata_fields();

// Whether a profile may add it: by Kubernetes' own rules, and neither leasehold's nor Kubernetes'
// own, which others act upon. `kind`: "label" or "annotation".
[[nodiscard]] Result<void> check_added(std::string_view kind, const std::string& key,
                                       const std::string& value);

} // namespace leasehold::lease
