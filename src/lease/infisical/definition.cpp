#include "src/lease/infisical/definition.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/http/json_body.hpp"
#include "src/lease/infisical/wire/outside.hpp"
#include "src/lease/infisical/wire/requests.hpp"

#include <boost/json/serialize.hpp>

namespace leasehold::lease::infisical {
namespace {

namespace json = boost::json;

constexpr std::string_view root = "/v1/dynamic-secrets";
constexpr const char* mask = "********";

std::string path_of(const std::string& name) {
    return std::string(root) + '/' + percent_encoded(name);
}

// An object's text up to its closing brace, ready for another member.
std::string open_object(const json::object& object) {
    std::string text = json::serialize(object);
    text.pop_back();
    return object.empty() ? text : text + ',';
}

// The inputs, the secret written by hand so that no JSON value keeps a copy of it.
std::string inputs_text(const DefinitionDraft& draft) {
    if (draft.cluster_token.empty())
        return json::serialize(draft.inputs);
    return open_object(draft.inputs) +
           "\"clusterToken\":" + json_quote(draft.cluster_token.reveal()) + '}';
}

http::Request secret_request(const char* method, std::string target, std::string body) {
    http::Request request;
    request.method = method;
    request.target = std::move(target);
    request.content_type = "application/json";
    request.body = Secret::take(std::move(body));
    return request;
}

} // namespace

Definitions::Definitions(const InfisicalSettings& settings, const Outside& outside)
    : settings_(settings), client_(settings, outside) {}

Result<json::value> Definitions::ask(http::Request request, const std::string& action,
                                     std::string_view member, Repeat repeat, Deadline deadline) {
    LEASEHOLD_TRY_ASSIGN(Answer answer, client_.ask(std::move(request), action, repeat, deadline));
    auto body = http::json_body(answer.response);
    wipe(answer.response.body);
    const json::value* found = body ? json_find(*body, {member}) : nullptr;
    if (found == nullptr)
        return make_error(ErrorCode::bad_answer,
                          "cannot " + action + ": Infisical answered something unusable",
                          "check infisical.site of the profile and what stands before it");
    return *found;
}

Result<json::value> Definitions::create(const std::string& name, const DefinitionDraft& draft,
                                        Deadline deadline) {
    json::object members = place_members(settings_);
    members["name"] = name;
    for (const auto& [key, value] : draft.members)
        members[key] = value;
    return ask(
        secret_request("POST", std::string(root),
                       open_object(members) + "\"provider\":{\"type\":\"kubernetes\",\"inputs\":" +
                           inputs_text(draft) + "}}"),
        "create the dynamic secret " + quoted(name), "dynamicSecret", Repeat::changes, deadline);
}

Result<json::value> Definitions::list(Deadline deadline) {
    return ask(json_request("GET", std::string(root) + place_query(settings_), nullptr),
               "list the dynamic secrets", "dynamicSecrets", Repeat::reads, deadline);
}

Result<json::value> Definitions::show(const std::string& name, Deadline deadline) {
    return ask(json_request("GET", path_of(name) + place_query(settings_), nullptr),
               "show the dynamic secret " + quoted(name), "dynamicSecret", Repeat::reads, deadline);
}

Result<json::value> Definitions::update(const std::string& name, const DefinitionDraft& draft,
                                        Deadline deadline) {
    std::string data = open_object(draft.members);
    if (!draft.inputs.empty() || !draft.cluster_token.empty())
        data += "\"inputs\":" + inputs_text(draft);
    else if (data.ends_with(','))
        data.pop_back();
    return ask(secret_request("PATCH", path_of(name),
                              open_object(place_members(settings_)) + "\"data\":" + data + "}}"),
               "update the dynamic secret " + quoted(name), "dynamicSecret", Repeat::changes,
               deadline);
}

Result<json::value> Definitions::remove(const std::string& name, bool forced, Deadline deadline) {
    json::object body = place_members(settings_);
    body["isForced"] = forced;
    return ask(json_request("DELETE", path_of(name), body),
               "delete the dynamic secret " + quoted(name), "dynamicSecret", Repeat::changes,
               deadline);
}

json::value masked(json::value definition) {
    json::object* object = definition.if_object();
    json::value* inputs = object == nullptr ? nullptr : object->if_contains("inputs");
    if (inputs == nullptr || !inputs->is_object())
        return definition;
    for (const char* name : {"clusterToken", "clientSecret", "password", "privateKey"})
        if (json::value* secret = inputs->get_object().if_contains(name))
            if (secret->is_string() && !secret->get_string().empty())
                *secret = mask;
    return definition;
}

} // namespace leasehold::lease::infisical
