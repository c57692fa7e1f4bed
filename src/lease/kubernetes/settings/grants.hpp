// What a dynamic lease is granted, namespace by namespace, however its profile says it.
#pragma once

#include "src/lease/kubernetes/settings/settings.hpp"
#include "src/lease/settings/section.hpp"

#include <string>
#include <vector>

namespace leasehold::lease {

// The grants of a lease whose account is in `namespace_`: those that `roles` lists, or the one of
// role and rules. None where the binding is of the whole cluster.
[[nodiscard]] std::vector<NamespaceGrant> grants_of(const DynamicSettings& dynamic,
                                                    const std::string& namespace_);

// The namespaces that `roles` names, each once.
[[nodiscard]] std::vector<std::string> granted_namespaces(const DynamicSettings& dynamic);

// One rule of a role of the lease's own; mistakes go to the section.
[[nodiscard]] PolicyRule read_rule(SettingsSection rule, bool cluster_wide);

// The list under `key`, each {namespace, role | cluster-role | rules}.
[[nodiscard]] std::vector<NamespaceGrant> read_grants(SettingsSection& section,
                                                      std::string_view key);

// "role/reader in namespace ci".
[[nodiscard]] std::string grant_for_people(const NamespaceGrant& grant);
// So that no two lists of rules, or of grants, read the same.
[[nodiscard]] std::string rules_by_length(const std::vector<PolicyRule>& rules);
[[nodiscard]] std::string grants_by_length(const std::vector<NamespaceGrant>& grants);

// Role names are path segments: wider than names of other objects ("system:node").
[[nodiscard]] bool is_role_name(const std::string& name);

} // namespace leasehold::lease
