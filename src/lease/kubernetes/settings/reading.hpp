// The section `kubernetes:` of a profile as a whole, for the table of providers.
#pragma once

#include "src/lease/kubernetes/settings/settings.hpp"
#include "src/lease/settings/field.hpp"

#include <string>
#include <vector>

namespace leasehold::lease {

// Reads it; mistakes go to the section.
[[nodiscard]] KubernetesSettings
read_kubernetes_settings(SettingsSection section, const SettingsPaths& paths, LeaseTerms& terms);

// What tells one lease, or one login, from another, as far as the profile tells it. No secret.
[[nodiscard]] Fields kubernetes_identity(const KubernetesSettings& settings, Identity::Role role);

// Each value under its path in the file.
[[nodiscard]] Fields shown_kubernetes(const KubernetesSettings& settings, const LeaseTerms& terms);

// In a word whose tokens they are: "ci/deployer".
[[nodiscard]] std::string leased_by_kubernetes(const KubernetesSettings& settings,
                                               const LeaseTerms& terms);

// The rows of its sections.
[[nodiscard]] std::vector<FieldGroup> kubernetes_groups();

} // namespace leasehold::lease
