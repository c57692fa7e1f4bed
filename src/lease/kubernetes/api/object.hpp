// The Kubernetes objects that a lease is made of, as requests and answers without a socket: create,
// find, annotate and delete, the last only under the uid that was seen.
// https://kubernetes.io/docs/reference/using-api/api-concepts/
#pragma once

#include "src/http/client.hpp"
#include "src/lease/kubernetes/api/status.hpp"

#include <boost/json/value.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease {

enum class ObjectKind {
    secret,
    service_account,
    role,
    role_binding,
    cluster_role,
    cluster_role_binding,
    namespace_, // only ever listed
};

struct KindNames {
    std::string_view kind;        // "RoleBinding"
    std::string_view plural;      // "rolebindings"
    std::string_view group;       // "" or "rbac.authorization.k8s.io"
    std::string_view api_version; // "rbac.authorization.k8s.io/v1"
    bool namespaced;
};

[[nodiscard]] const KindNames& names_of(ObjectKind kind);

// One object. Without a uid it may be any that bears the name.
struct ObjectRef {
    ObjectKind kind = ObjectKind::secret;
    std::string namespace_; // "" for kinds of the whole cluster
    std::string name;
    std::string uid;
};

// "serviceaccount ci/leasehold-...": for messages.
[[nodiscard]] std::string describe(const ObjectRef& object);

// What is being done to it, for errors and access reviews.
[[nodiscard]] KubernetesAction action_on(std::string_view verb, const ObjectRef& object);

using Annotations = std::map<std::string, std::string>;

// An object as it was read: no more of it than leases need. Text is the server's.
struct ReadObject {
    ObjectRef ref;
    std::map<std::string, std::string> labels;
    Annotations annotations;
};

[[nodiscard]] http::Request create_request(const ObjectRef& object, boost::json::object body);
[[nodiscard]] http::Request get_request(const ObjectRef& object);
// Deletes that very object: the uid goes along as a precondition.
[[nodiscard]] http::Request delete_request(const ObjectRef& object);
// A merge patch (RFC 7386) of annotations, for that very object.
[[nodiscard]] http::Request annotate_request(const ObjectRef& object,
                                             const Annotations& annotations);
// One page of the objects under a label selector; `place` continues from an earlier page.
[[nodiscard]] http::Request list_request(ObjectKind kind, const std::string& namespace_,
                                         const std::string& selector, const std::string& place);

// Reads the answer to a create or a get.
[[nodiscard]] Result<ReadObject> read_object(const http::Response& response, ObjectKind kind);

struct ObjectPage {
    std::vector<ReadObject> objects;
    std::string next; // "": this was the last
};
[[nodiscard]] Result<ObjectPage> read_page(const http::Response& response, ObjectKind kind);

} // namespace leasehold::lease
