#include "src/lease/kubernetes/needed_rights.hpp"

#include "src/lease/kubernetes/api/object.hpp"

#include <initializer_list>
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
void add_bind(Rights& rights, const DynamicSettings& dynamic, const std::string& space) {
    if (!dynamic.rules.empty())
        return; // of a role that is not there yet: its rules must be held
    const bool cluster_role = dynamic.role_type == DynamicSettings::RoleType::cluster_role;
    rights.push_back({action_on("bind", {cluster_role ? ObjectKind::cluster_role : ObjectKind::role,
                                         space, dynamic.role, ""}),
                      false});
}

void add_dynamic(Rights& rights, const KubernetesSettings& settings, const std::string& space) {
    add(rights, ObjectKind::service_account, space, {"create", "list", "patch", "delete"});
    rights.push_back({{"create", "serviceaccounts/token", space, ""}, false});
    if (settings.dynamic.binding == DynamicSettings::Binding::cluster)
        return;
    add(rights, ObjectKind::role_binding, space, {"create", "list", "delete"});
    if (!settings.dynamic.rules.empty())
        add(rights, ObjectKind::role, space, {"create", "list", "delete"});
    add_bind(rights, settings.dynamic, space);
}

void add_cluster_wide(Rights& rights, const DynamicSettings& dynamic) {
    add(rights, ObjectKind::cluster_role_binding, "", {"create", "list", "delete"});
    if (!dynamic.rules.empty())
        add(rights, ObjectKind::cluster_role, "", {"create", "list", "delete"});
    add_bind(rights, dynamic, "");
}

} // namespace

std::vector<NeededRight> needed_rights(const KubernetesProfile& profile) {
    const KubernetesSettings& settings = profile.settings;
    Rights rights;
    for (const std::string& space : profile.terms.namespaces)
        if (settings.credential == CredentialKind::dynamic_)
            add_dynamic(rights, settings, space);
        else
            add_static(rights, settings, space);
    if (settings.credential == CredentialKind::dynamic_ &&
        settings.dynamic.binding == DynamicSettings::Binding::cluster)
        add_cluster_wide(rights, settings.dynamic);
    return rights;
}

} // namespace leasehold::lease
