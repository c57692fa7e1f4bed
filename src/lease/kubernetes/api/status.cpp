#include "src/lease/kubernetes/api/status.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/time.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <tuple>

namespace leasehold::lease {
namespace {

constexpr std::int64_t longest_wait = 60;

std::string describe(const KubernetesAction& action) {
    std::string text = action.verb + ' ' + action.resource;
    if (!action.name.empty())
        text += " of " + quoted(action.name);
    return text + (action.namespace_.empty() ? " in the whole cluster"
                                             : " in namespace " + quoted(action.namespace_));
}

// What is missing is the account of a token request, else the namespace or what the action is for.
Error not_found(const KubernetesAction& action, const std::string& says) {
    if (action.resource != "serviceaccounts/token")
        return make_error(ErrorCode::configuration,
                          "the API server knows nothing to " + describe(action) + " (404)" + says,
                          "check the namespaces and the role of the profile");
    return make_error(ErrorCode::configuration,
                      "there is no " + quoted(action.name) + " in namespace " +
                          quoted(action.namespace_) + " (404)" + says,
                      "check namespace and service-account of the profile, or create it: "
                      "kubectl create serviceaccount " +
                          action.name + " --namespace " + action.namespace_);
}

std::optional<Seconds> retry_after(const http::Response& response) {
    const auto header = response.header("Retry-After");
    if (!header)
        return std::nullopt;
    std::int64_t seconds = -1;
    const char* end = header->data() + header->size();
    const auto parsed = std::from_chars(header->data(), end, seconds);
    if (parsed.ec == std::errc() && parsed.ptr == end)
        return Seconds(std::clamp<std::int64_t>(seconds, 0, longest_wait));
    const auto date = parse_http_date(*header);
    const auto now = parse_http_date(response.header("Date").value_or(""));
    if (!date || !now)
        return std::nullopt;
    return Seconds(std::clamp<std::int64_t>(*date - *now, 0, longest_wait));
}

// An overloaded server's wish, for whoever decides when to ask again.
Error left_alone(const KubernetesStatus& status, Error error) {
    error.retry_after = static_cast<int>(status.retry_after.value_or(Seconds(0)).count());
    return error;
}

std::string server_says(const KubernetesStatus& status) {
    return status.message.empty() ? "" : "; the server says: " + status.message;
}

} // namespace

KubernetesStatus read_status(const http::Response& response) {
    KubernetesStatus status;
    status.retry_after = retry_after(response);
    const auto body = parse_json(response.body);
    if (!body)
        return status;
    status.reason = hostile_text(json_string(*body, {"reason"}).value_or(""), 64);
    status.message = hostile_text(json_string(*body, {"message"}).value_or(""));
    const auto seconds = json_integer(*body, {"details", "retryAfterSeconds"});
    if (seconds && !status.retry_after)
        status.retry_after = Seconds(std::clamp<std::int64_t>(*seconds, 0, longest_wait));
    return status;
}

Error status_error(const http::Response& response, const KubernetesAction& action) {
    const KubernetesStatus status = read_status(response);
    const std::string says = server_says(status);
    switch (response.status) {
    case 401:
        return make_error(ErrorCode::denied,
                          "the API server does not accept the requester's credential (401)" + says,
                          "it has expired or was revoked: log in again with the tool that made it, "
                          "or 'leasehold login'");
    case 403:
        return make_error(ErrorCode::denied,
                          "the requester may not " + describe(action) + " (403)" + says,
                          "a cluster administrator can allow it; 'leasehold profile check' prints "
                          "the rule that is missing");
    case 404:
        return not_found(action, says);
    case 429:
        return left_alone(status,
                          make_error(ErrorCode::unreachable, "the API server is busy (429)" + says,
                                     "try again in a moment"));
    default:
        break;
    }
    const std::string number = std::to_string(response.status);
    if (response.status >= 500)
        return left_alone(status, make_error(ErrorCode::unreachable, "the API server failed to " +
                                                                         describe(action) + " (" +
                                                                         number + ')' + says));
    return make_error(ErrorCode::bad_answer,
                      "the API server refused to " + describe(action) + " (" + number + ')' + says);
}

namespace {

// Rules for one namespace ("" the whole cluster), verbs of one resource together.
std::string rules_yaml(const std::vector<KubernetesAction>& actions, const std::string& space) {
    std::map<std::tuple<std::string, std::string, std::string>, std::vector<std::string>> rules;
    for (const KubernetesAction& action : actions)
        if (action.namespace_ == space)
            rules[{action.group, action.resource, action.name}].push_back(action.verb);
    std::string text;
    for (const auto& [what, verbs] : rules) {
        const auto& [group, resource, name] = what;
        text += "- apiGroups: [\"" + group + "\"]\n  resources: [\"" + resource + "\"]\n";
        if (!name.empty())
            text += "  resourceNames: [\"" + name + "\"]\n";
        text += "  verbs: [";
        for (const std::string& verb : verbs)
            text += (text.back() == '[' ? "\"" : ", \"") + verb + '"';
        text += "]\n";
    }
    return text;
}

} // namespace

std::string missing_rules_yaml(const std::vector<KubernetesAction>& actions) {
    std::set<std::string> spaces;
    for (const KubernetesAction& action : actions)
        spaces.insert(action.namespace_);
    std::string text;
    for (const std::string& space : spaces) {
        text += std::string(text.empty() ? "" : "---\n") +
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: " +
                (space.empty() ? "ClusterRole" : "Role") +
                "\nmetadata:\n  name: leasehold-requester\n";
        if (!space.empty())
            text += "  namespace: " + space + '\n';
        text += "rules:\n" + rules_yaml(actions, space);
    }
    return text;
}

} // namespace leasehold::lease
