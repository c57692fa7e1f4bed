#include "src/lease/kubernetes/api/access_review.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/http/json_body.hpp"

#include <boost/json/serialize.hpp>

namespace leasehold::lease {
namespace {

http::Request post(std::string target, const boost::json::object& body) {
    http::Request request;
    request.method = "POST";
    request.target = std::move(target);
    request.content_type = "application/json";
    request.body = Secret(boost::json::serialize(body));
    request.repeatable = true; // a question only
    return request;
}

} // namespace

http::Request self_subject_review() {
    return post("/apis/authentication.k8s.io/v1/selfsubjectreviews",
                {{"apiVersion", "authentication.k8s.io/v1"}, {"kind", "SelfSubjectReview"}});
}

Result<std::optional<std::string>> read_self_subject_review(const http::Response& response) {
    if (response.status == 404 && read_status(response).of_api)
        return std::optional<std::string>();
    if (response.status != 201 && response.status != 200)
        return status_error(response, {"create", "selfsubjectreviews", "", ""});
    const auto body = http::json_body(response);
    if (!body)
        return not_the_api(response, "the question who the requester is");
    const auto name = json_string(*body, {"status", "userInfo", "username"});
    if (!name)
        return make_error(ErrorCode::bad_answer,
                          "the API server does not say who the requester is");
    return std::optional<std::string>(hostile_text(*name));
}

http::Request self_subject_access_review(const KubernetesAction& action) {
    const std::size_t slash = action.resource.find('/');
    boost::json::object attributes{{"verb", action.verb},
                                   {"group", action.group},
                                   {"resource", action.resource.substr(0, slash)},
                                   {"namespace", action.namespace_},
                                   {"name", action.name}};
    if (slash != std::string::npos)
        attributes["subresource"] = action.resource.substr(slash + 1);
    return post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                {{"apiVersion", "authorization.k8s.io/v1"},
                 {"kind", "SelfSubjectAccessReview"},
                 {"spec", {{"resourceAttributes", std::move(attributes)}}}});
}

Result<bool> read_self_subject_access_review(const http::Response& response) {
    if (response.status != 201 && response.status != 200)
        return status_error(response, {"create", "selfsubjectaccessreviews", "", ""});
    const auto body = http::json_body(response);
    if (!body)
        return not_the_api(response, "the question what the requester may do");
    const boost::json::value* allowed = json_find(*body, {"status", "allowed"});
    return allowed != nullptr && allowed->is_bool() && allowed->get_bool();
}

} // namespace leasehold::lease
