// What a lease writes on its objects in the cluster, and what is read back from them: the lease
// book. No token and no secret is ever among it.
#pragma once

#include "src/lease/kubernetes/api/object.hpp"
#include "src/lease/kubernetes/settings/settings.hpp"
#include "src/lease/terms/book.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease {

// Who leases, as far as the record tells. Names, not secrets; anyone who may write the objects can
// write others, so they are for people, never for a decision about rights.
struct LeaseHolder {
    std::string user;
    std::string host;
    std::string identity; // who and where, whatever they are called
};

// One lease as its objects tell it.
struct LeaseMark {
    std::string id; // the name of its objects
    std::string profile;
    std::string profile_hash; // of profile and holder
    std::string holder;       // USER@HOST
    std::string service_account;
    std::string credential; // static | dynamic
    std::string grant;      // of a dynamic lease, for people: "clusterrole/view in namespace ci"
    std::string namespace_; // of its record: other objects of the lease may lie elsewhere
    std::vector<std::string> also_in; // where that is
    std::vector<std::string> audiences;
    std::string reason;               // a person's, for people
    KubernetesSettings::Added labels; // of the profile, beside ours; not read back
    KubernetesSettings::Added annotations;
    std::string jti;
    UnixTime issued = 0;
    UnixTime expires = 0;
};

inline constexpr std::string_view managed_by_label = "app.kubernetes.io/managed-by";
inline constexpr std::string_view profile_hash_label = "leasehold.dev/profile-hash";
inline constexpr std::string_view lease_label = "leasehold.dev/lease";
// Of all that a server tells as `also_in`: so many are looked into.
inline constexpr std::size_t most_namespaces = most_grants;

inline constexpr std::string_view lease_secret_type = "leasehold.dev/lease";

// Tells the leases of one profile and holder from all others: a label value.
[[nodiscard]] std::string profile_hash(const KubernetesProfile& profile, const LeaseHolder& holder);

// The mark of a lease that is about to be made.
[[nodiscard]] LeaseMark make_mark(const KubernetesProfile& profile, const LeaseHolder& holder,
                                  const LeaseRequest& request, std::string id, UnixTime now);

// The name of the lease's further roles and bindings where it has several in one namespace, counted
// from 1: all objects that are a namespace's first of their kind are called as the lease.
[[nodiscard]] std::string object_name(const std::string& id, std::size_t count);

// Bodies to create. `owner`, where given, takes the object with it when it goes.
[[nodiscard]] boost::json::object lease_secret(const LeaseMark& mark);
[[nodiscard]] boost::json::object dynamic_account(const LeaseMark& mark,
                                                  const std::optional<ObjectRef>& owner);
[[nodiscard]] boost::json::object dynamic_role(const LeaseMark& mark, const ObjectRef& self,
                                               const std::vector<PolicyRule>& rules,
                                               const std::optional<ObjectRef>& owner);
// Binds `role_kind`/`role` to the lease's service account.
[[nodiscard]] boost::json::object dynamic_binding(const LeaseMark& mark, const ObjectRef& self,
                                                  ObjectKind role_kind, const std::string& role,
                                                  const std::optional<ObjectRef>& owner);

// What only the token's answer tells.
[[nodiscard]] Annotations answer_annotations(const std::string& jti, UnixTime expires);

// The mark on an object; empty if it is not marked as one of ours or carries no expiry.
[[nodiscard]] std::optional<LeaseMark> read_mark(const ReadObject& object);

// Selects ours: all of them, or those of one profile hash.
[[nodiscard]] std::string lease_selector(std::string_view hash = {});

} // namespace leasehold::lease
