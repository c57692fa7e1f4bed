// How a dynamic lease is made: its account, its roles and what binds them.
#include "src/base/hostile_text.hpp"
#include "src/lease/kubernetes/making.hpp"
#include "src/lease/kubernetes/settings/grants.hpp"

#include <map>
#include <utility>

namespace leasehold::lease {
namespace {

ObjectKind kind_of(RoleType type) {
    return type == RoleType::cluster_role ? ObjectKind::cluster_role : ObjectKind::role;
}

// What to do about a Role that is not there, though a ClusterRole of its name is.
std::string cluster_role_hint(const std::string& path, bool in_list) {
    return in_list ? "there is a ClusterRole of that name: write 'cluster-role:' in its place in " +
                         path
                   : "there is a ClusterRole of that name: add 'role-type: cluster-role' below "
                     "'kubernetes' in " +
                         path;
}

} // namespace

Result<Lease> LeaseMaking::dynamic_() {
    LEASEHOLD_TRY(check_roles());
    return with_fresh_names([this] { return dynamic_once(); });
}

// Whether a role is there; `otherwise` if the server does not tell, since looking is a right that
// leases do not need.
bool LeaseMaking::is_there(const ObjectRef& role, bool otherwise) {
    const auto response =
        parts_.api.send(get_request(role), work_.within(work_.left() / 3), {1, 1});
    if (response && response->status == 200)
        return true;
    const bool missing = response && response->status == 404 &&
                         read_status(*response).missing == names_of(role.kind).plural;
    return !missing && otherwise;
}

Result<void> LeaseMaking::check_roles() {
    const DynamicSettings& dynamic = parts_.profile.settings.dynamic;
    if (dynamic.binding == DynamicSettings::Binding::cluster)
        return check_role({"", RoleType::cluster_role, dynamic.role, dynamic.rules}, false);
    for (const NamespaceGrant& grant : grants_of(dynamic, request_.namespace_))
        LEASEHOLD_TRY(check_role(grant, !dynamic.roles.empty()));
    return {};
}

// A binding takes any name: that there is no such role would be seen at the first use only.
Result<void> LeaseMaking::check_role(const NamespaceGrant& grant, bool in_list) {
    if (!grant.rules.empty())
        return {};
    const bool of_cluster = grant.role_type == RoleType::cluster_role;
    if (is_there({kind_of(grant.role_type), of_cluster ? "" : grant.namespace_, grant.role, ""},
                 true))
        return {};
    const std::string& path = parts_.profile.path;
    const std::string name = quoted(grant.role);
    if (of_cluster)
        return make_error(ErrorCode::configuration, "there is no ClusterRole " + name,
                          "check role in " + path + "; 'kubectl get clusterroles' lists them");
    const bool is_cluster_role = is_there({ObjectKind::cluster_role, "", grant.role, ""}, false);
    return make_error(ErrorCode::configuration,
                      "there is no Role " + name + " in namespace " + quoted(grant.namespace_),
                      is_cluster_role
                          ? cluster_role_hint(path, in_list)
                          : "check role in " + path + "; 'kubectl get roles --namespace " +
                                grant.namespace_ + "' lists them");
}

Result<Lease> LeaseMaking::dynamic_once() {
    std::optional<ObjectRef> owner;
    if (parts_.profile.settings.dynamic.binding == DynamicSettings::Binding::cluster) {
        LEASEHOLD_TRY_ASSIGN(owner, make_cluster_binding());
    }
    LEASEHOLD_TRY_ASSIGN(const ObjectRef account,
                         create({ObjectKind::service_account, request_.namespace_, mark_.id, ""},
                                dynamic_account(mark_, owner)));
    LEASEHOLD_TRY(make_grants(account));
    TokenWish wanted = wish(mark_.id);
    wanted.account_uid = account.uid;
    LEASEHOLD_TRY_ASSIGN(Lease lease, token_of(wanted, false));
    lease.own_account = true;
    annotate(account, lease);
    LEASEHOLD_TRY(go_on());
    return lease;
}

// Of the whole cluster: it cannot be owned by the account, but can own it (F22). A role of the
// lease's own comes first, since a binding to a role that is not there is granted only to those
// who may bind any.
Result<std::optional<ObjectRef>> LeaseMaking::make_cluster_binding() {
    const DynamicSettings& dynamic = parts_.profile.settings.dynamic;
    std::optional<ObjectRef> role;
    if (!dynamic.rules.empty()) {
        const ObjectRef self{ObjectKind::cluster_role, "", mark_.id, ""};
        LEASEHOLD_TRY_ASSIGN(role,
                             create(self, dynamic_role(mark_, self, dynamic.rules, std::nullopt)));
    }
    const ObjectRef self{ObjectKind::cluster_role_binding, "", mark_.id, ""};
    LEASEHOLD_TRY_ASSIGN(ObjectRef binding,
                         create(self, dynamic_binding(mark_, self, ObjectKind::cluster_role,
                                                      role ? role->name : dynamic.role, role)));
    return std::optional<ObjectRef>(std::move(binding));
}

Result<void> LeaseMaking::make_grants(const ObjectRef& account) {
    std::map<std::string, std::size_t> counts; // by namespace
    for (const NamespaceGrant& grant :
         grants_of(parts_.profile.settings.dynamic, request_.namespace_))
        LEASEHOLD_TRY(
            make_grant(grant, object_name(mark_.id, ++counts[grant.namespace_]), account));
    return {};
}

// What is in the account's namespace is owned by the account. An owner in another namespace counts
// as gone: there a role of the lease's own has its binding, and nobody has what is left.
Result<void> LeaseMaking::make_grant(const NamespaceGrant& grant, const std::string& name,
                                     const ObjectRef& account) {
    std::optional<ObjectRef> owner;
    if (grant.namespace_ == account.namespace_)
        owner = account;
    std::string role = grant.role;
    if (!grant.rules.empty()) {
        const ObjectRef self{ObjectKind::role, grant.namespace_, name, ""};
        LEASEHOLD_TRY_ASSIGN(ObjectRef made,
                             create(self, dynamic_role(mark_, self, grant.rules, owner)));
        role = made.name;
        if (!owner)
            owner = std::move(made);
    }
    const ObjectRef self{ObjectKind::role_binding, grant.namespace_, name, ""};
    LEASEHOLD_TRY(
        create(self, dynamic_binding(mark_, self, kind_of(grant.role_type), role, owner)));
    return {};
}

} // namespace leasehold::lease
