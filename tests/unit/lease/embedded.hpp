// A profile of the embedded provider, as the provider is given it.
#pragma once

#include "src/lease/kubernetes/settings/settings.hpp"
#include "src/lease/profile/profile.hpp"

#include <any>

namespace leasehold::lease {

[[nodiscard]] inline const KubernetesSettings& kubernetes_of(const Profile& profile) {
    return std::any_cast<const KubernetesSettings&>(profile.settings);
}

[[nodiscard]] inline KubernetesProfile embedded(const Profile& profile) {
    return {profile.name, profile.path, profile.cluster, profile.terms, kubernetes_of(profile)};
}

} // namespace leasehold::lease
