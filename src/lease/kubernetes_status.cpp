#include "src/lease/kubernetes_status.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/time.hpp"

#include <algorithm>
#include <charconv>

namespace leasehold::lease {
namespace {

constexpr std::int64_t longest_wait = 60;

std::string describe(const KubernetesAction& action) {
    return action.verb + ' ' + action.resource + " of " + quoted(action.name) + " in namespace " +
           quoted(action.namespace_);
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
        return make_error(ErrorCode::configuration,
                          "there is no " + quoted(action.name) + " in namespace " +
                              quoted(action.namespace_) + " (404)" + says,
                          "check namespace and service-account of the profile, or create it: "
                          "kubectl create serviceaccount " +
                              action.name + " --namespace " + action.namespace_);
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

std::string missing_rule_yaml(const KubernetesAction& action) {
    return "apiVersion: rbac.authorization.k8s.io/v1\n"
           "kind: Role\n"
           "metadata:\n"
           "  name: leasehold-requester-" +
           action.name + "\n  namespace: " + action.namespace_ +
           "\nrules:\n"
           "- apiGroups: [\"\"]\n"
           "  resources: [\"" +
           action.resource + "\"]\n  resourceNames: [\"" + action.name + "\"]\n  verbs: [\"" +
           action.verb + "\"]\n";
}

} // namespace leasehold::lease
