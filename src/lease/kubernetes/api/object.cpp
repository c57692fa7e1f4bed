#include "src/lease/kubernetes/api/object.hpp"

#include "src/base/json.hpp"
#include "src/base/names.hpp"
#include "src/http/json_body.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace leasehold::lease {
namespace {

namespace json = boost::json;

constexpr std::string_view rbac = "rbac.authorization.k8s.io";
constexpr std::string_view rbac_v1 = "rbac.authorization.k8s.io/v1";

// In the order of ObjectKind.
constexpr std::array kinds = {
    KindNames{"Secret", "secrets", "", "v1", true},
    KindNames{"ServiceAccount", "serviceaccounts", "", "v1", true},
    KindNames{"Role", "roles", rbac, rbac_v1, true},
    KindNames{"RoleBinding", "rolebindings", rbac, rbac_v1, true},
    KindNames{"ClusterRole", "clusterroles", rbac, rbac_v1, false},
    KindNames{"ClusterRoleBinding", "clusterrolebindings", rbac, rbac_v1, false},
    KindNames{"Namespace", "namespaces", "", "v1", false},
};

// Few enough that a page stays far below the limits of JSON and HTTP, whatever else manages the
// objects and leaves its traces in them.
constexpr std::string_view page_size = "100";
constexpr JsonLimits page_limits{.bytes = 1 << 20, .depth = 64, .members = 131072};

// Names, labels and annotations are all that is wanted: what else a Secret holds never comes here.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches
const http::Header metadata_only = {
    "Accept", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"};
const http::Header metadata_list_only = {
    "Accept", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"};

std::string collection(ObjectKind kind, const std::string& namespace_) {
    const KindNames& names = names_of(kind);
    std::string path = names.group.empty() ? "/api/v1" : "/apis/" + std::string(names.api_version);
    if (names.namespaced)
        path += "/namespaces/" + namespace_;
    return path + '/' + std::string(names.plural);
}

std::string path_of(const ObjectRef& object) {
    return collection(object.kind, object.namespace_) + '/' + object.name;
}

http::Request with_body(std::string method, std::string target, std::string type,
                        const json::object& body) {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.content_type = std::move(type);
    request.body = Secret(json::serialize(body));
    return request;
}

std::map<std::string, std::string> read_texts(const json::value& object, std::string_view name) {
    std::map<std::string, std::string> texts;
    const json::value* found = json_find(object, {"metadata", name});
    if (found != nullptr && found->is_object())
        for (const auto& [key, value] : found->get_object())
            if (value.is_string())
                texts.emplace(key, std::string(value.get_string()));
    return texts;
}

// Its names go into paths of later requests: they must be names.
std::optional<ReadObject> read_metadata(const json::value& object, ObjectKind kind) {
    ReadObject read;
    read.ref.kind = kind;
    const auto text = [&](std::string_view name) {
        return std::string(json_string(object, {"metadata", name}).value_or(""));
    };
    read.ref.namespace_ = text("namespace");
    read.ref.name = text("name");
    read.ref.uid = text("uid");
    const bool placed =
        names_of(kind).namespaced ? is_dns_label(read.ref.namespace_) : read.ref.namespace_.empty();
    const bool known = !read.ref.uid.empty() && read.ref.uid.size() <= 128;
    if (!placed || !known || !is_dns_subdomain(read.ref.name))
        return std::nullopt;
    read.labels = read_texts(object, "labels");
    read.annotations = read_texts(object, "annotations");
    return read;
}

Error unreadable(ObjectKind kind) {
    return make_error(ErrorCode::bad_answer, "the API server's answer is no " +
                                                 std::string(names_of(kind).kind) +
                                                 " that can be used");
}

} // namespace

const KindNames& names_of(ObjectKind kind) {
    return kinds[static_cast<std::size_t>(kind)];
}

std::string describe(const ObjectRef& object) {
    std::string kind(names_of(object.kind).kind);
    std::transform(kind.begin(), kind.end(), kind.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return kind + ' ' + (object.namespace_.empty() ? "" : object.namespace_ + '/') + object.name;
}

KubernetesAction action_on(std::string_view verb, const ObjectRef& object) {
    const KindNames& names = names_of(object.kind);
    return {std::string(verb), std::string(names.plural), object.namespace_, object.name,
            std::string(names.group)};
}

http::Request create_request(const ObjectRef& object, json::object body) {
    const KindNames& names = names_of(object.kind);
    body["apiVersion"] = names.api_version;
    body["kind"] = names.kind;
    http::Request request =
        with_body("POST", collection(object.kind, object.namespace_), "application/json", body);
    request.headers = {metadata_only};
    return request;
}

http::Request get_request(const ObjectRef& object) {
    http::Request request;
    request.method = "GET";
    request.target = path_of(object);
    request.headers = {metadata_only};
    return request;
}

http::Request delete_request(const ObjectRef& object) {
    http::Request request = with_body("DELETE", path_of(object), "application/json",
                                      {{"apiVersion", "v1"},
                                       {"kind", "DeleteOptions"},
                                       {"preconditions", json::object{{"uid", object.uid}}}});
    request.headers = {metadata_only}; // an object that has finalizers is the answer itself
    request.repeatable = true;         // by its uid
    return request;
}

http::Request annotate_request(const ObjectRef& object, const Annotations& annotations) {
    json::object texts;
    for (const auto& [name, value] : annotations)
        texts[name] = value;
    // A uid in a patch is a precondition: another object of this name gives 409.
    const json::object metadata{{"uid", object.uid}, {"annotations", std::move(texts)}};
    http::Request request = with_body("PATCH", path_of(object), "application/merge-patch+json",
                                      {{"metadata", metadata}});
    request.headers = {metadata_only};
    request.repeatable = true;
    return request;
}

http::Request list_request(ObjectKind kind, const std::string& namespace_,
                           const std::string& selector, const std::string& place) {
    http::Request request;
    request.method = "GET";
    request.target = collection(kind, namespace_) + "?limit=" + std::string(page_size) +
                     "&labelSelector=" + percent_encoded(selector);
    if (!place.empty())
        request.target += "&continue=" + percent_encoded(place);
    request.headers = {metadata_list_only};
    return request;
}

Result<ReadObject> read_object(const http::Response& response, ObjectKind kind) {
    const auto body = http::json_body(response, page_limits);
    if (!body)
        return not_the_api(response, "a request for a " + std::string(names_of(kind).kind));
    auto read = read_metadata(*body, kind);
    if (!read)
        return unreadable(kind);
    return *std::move(read);
}

Result<ObjectPage> read_page(const http::Response& response, ObjectKind kind) {
    const auto body = http::json_body(response, page_limits);
    if (!body)
        return not_the_api(response, "the list of " + std::string(names_of(kind).plural));
    const json::value* items = json_find(*body, {"items"});
    // Go writes an empty list as null.
    if (items == nullptr || !(items->is_array() || items->is_null()))
        return unreadable(kind);
    ObjectPage page;
    page.next = std::string(json_string(*body, {"metadata", "continue"}).value_or(""));
    if (items->is_null())
        return page;
    for (const json::value& item : items->get_array())
        // An object with a name that no object can have is not touched.
        if (auto read = read_metadata(item, kind))
            page.objects.push_back(*std::move(read));
    return page;
}

} // namespace leasehold::lease
