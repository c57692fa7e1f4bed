// Whose token a profile leases and with which rights: the keys of `kubernetes:` that are about the
// credential.
#pragma once

#include "src/lease/kubernetes/settings/settings.hpp"
#include "src/lease/settings/field.hpp"

#include <span>

namespace leasehold::lease {

// credential, service-account, revocable, namespace-selector; and of a dynamic credential
// role-type, role, rules, binding and name-template. They stand in one section of the profile.
[[nodiscard]] std::span<const Field<KubernetesSettings>> credential_fields();
[[nodiscard]] std::span<const Field<DynamicSettings>> dynamic_fields();

// Reads them. Keys of the other kind of credential are mistakes, which go to the section.
void read_credential(SettingsSection& section, KubernetesSettings& settings);

} // namespace leasehold::lease
