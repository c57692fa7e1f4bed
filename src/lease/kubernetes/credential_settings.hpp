// Reads whose token a profile leases and with which rights: the keys of `kubernetes:` that are
// about the credential.
#pragma once

#include "src/lease/kubernetes/settings.hpp"
#include "src/lease/settings/section.hpp"

namespace leasehold::lease {

// credential, namespace, namespaces, service-account, revocable, role-type, role, rules, binding
// and name-template. Mistakes are kept in the section's context.
void read_credential(SettingsSection& section, KubernetesSettings& settings);

// What tells one credential from another, for the cache key: two profiles, or two states of one,
// that this tells apart never share a token.
[[nodiscard]] std::string credential_identity(const KubernetesSettings& settings);

} // namespace leasehold::lease
