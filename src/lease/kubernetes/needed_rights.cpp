#include "src/lease/kubernetes/needed_rights.hpp"

#include "src/lease/kubernetes/api/object.hpp"
#include "src/lease/kubernetes/settings/grants.hpp"

#include <initializer_list>
#include <set>
#include <string_view>

namespace leasehold::lease {
namespace {

using Rights = std::vector<NeededRight>;
using Verbs = std::initializer_list<std::string_view>;

void add(Rights& rights, ObjectKind kind, const std::string& namespace_, Verbs verbs,
         bool optional = false) {
    for (const std::string_view verb : verbs)
        rights.push_back({action_on(verb, {kind, namespace_, "", ""}), optional});
}

void add_static(Rights& rights, const KubernetesSettings& settings, const std::string& space) {
    rights.push_back({{"create", "serviceaccounts/token", space, settings.service_account}, false});
    if (settings.revocable != false)
        add(rights, ObjectKind::secret, space, {"create", "list", "patch", "delete"},
            !settings.revocable);
}

// What binds a role must be allowed to bind it, or hold all that it grants.
// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
void add_bind(Rights& rights, RoleType type, const std::string& role, const std::string& space) {
    const ObjectKind kind =
        type == RoleType::cluster_role ? ObjectKind::cluster_role : ObjectKind::role;
    rights.push_back({action_on("bind", {kind, space, role, ""}), false});
}

void add_account(Rights& rights, const std::string& space) {
    add(rights, ObjectKind::service_account, space, {"create", "list", "patch", "delete"});
    rights.push_back({{"create", "serviceaccounts/token", space, ""}, false});
}

// A role that is not there yet is none to bind: its rules must be held.
void add_grants(Rights& rights, const std::vector<NamespaceGrant>& grants) {
    std::set<std::string> bound;
    std::set<std::string> made;
    for (const NamespaceGrant& grant : grants) {
        const std::string& space = grant.namespace_;
        if (bound.insert(space).second)
            add(rights, ObjectKind::role_binding, space, {"create", "list", "delete"});
        if (grant.rules.empty())
            add_bind(rights, grant.role_type, grant.role, space);
        else if (made.insert(space).second)
            add(rights, ObjectKind::role, space, {"create", "list", "delete"});
    }
}

void add_cluster_wide(Rights& rights, const DynamicSettings& dynamic) {
    add(rights, ObjectKind::cluster_role_binding, "", {"create", "list", "delete"});
    if (dynamic.rules.empty())
        add_bind(rights, dynamic.role_type, dynamic.role, "");
    else
        add(rights, ObjectKind::cluster_role, "", {"create", "list", "delete"});
}

void add_dynamic(Rights& rights, const KubernetesProfile& profile) {
    const DynamicSettings& dynamic = profile.settings.dynamic;
    for (const std::string& space : profile.terms.namespaces)
        add_account(rights, space);
    if (dynamic.binding == DynamicSettings::Binding::cluster)
        return add_cluster_wide(rights, dynamic);
    if (!dynamic.roles.empty())
        return add_grants(rights, dynamic.roles);
    for (const std::string& space : profile.terms.namespaces)
        add_grants(rights, grants_of(dynamic, space));
}

// At the labels of namespaces.
void add_looking(Rights& rights, const KubernetesProfile& profile) {
    if (profile.settings.namespace_selector.empty())
        return;
    std::set<std::string> names{""};
    if (!profile.terms.others) {
        const auto granted = granted_namespaces(profile.settings.dynamic);
        names = {profile.terms.namespaces.begin(), profile.terms.namespaces.end()};
        names.insert(granted.begin(), granted.end());
    }
    for (const std::string& name : names)
        rights.push_back({{"list", "namespaces", "", name}, false});
}

} // namespace

std::vector<NeededRight> needed_rights(const KubernetesProfile& profile) {
    const KubernetesSettings& settings = profile.settings;
    Rights rights;
    add_looking(rights, profile);
    if (settings.credential == CredentialKind::dynamic_)
        add_dynamic(rights, profile);
    else
        for (const std::string& space : profile.terms.namespaces)
            add_static(rights, settings, space);
    return rights;
}

} // namespace leasehold::lease
