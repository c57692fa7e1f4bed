#include "src/lease/kubernetes/api/status.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/time.hpp"
#include "src/base/yaml_scalar.hpp"
#include "src/http/client.hpp"
#include "src/http/json_body.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <tuple>

namespace leasehold::lease {
namespace {

constexpr std::int64_t longest_wait = 60;
constexpr std::size_t longest_words = 512;

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

using Cause = KubernetesStatus::Cause;

// The API server's own words, which have not changed in years.
Cause cause_of(std::string_view message) {
    constexpr std::pair<std::string_view, Cause> words[] = {
        {"User \"system:anonymous\"", Cause::anonymous},
        {"exceeded quota", Cause::quota},
        {"failed quota", Cause::quota},
        {"it is being terminated", Cause::ending_namespace},
        {"failed calling webhook", Cause::webhook},
        {"denied the request", Cause::policy},
        {"denied request", Cause::policy},
        {"violates PodSecurity", Cause::policy},
        {"\" cannot ", Cause::rights}};
    for (const auto& [text, cause] : words)
        if (message.find(text) != std::string_view::npos)
            return cause;
    return Cause::unknown;
}

} // namespace

KubernetesStatus read_status(const http::Response& response) {
    KubernetesStatus status;
    status.retry_after = retry_after(response);
    const auto body = http::json_body(response);
    if (!body)
        return status;
    status.of_api = json_string(*body, {"kind"}) == "Status";
    const std::string_view message = json_string(*body, {"message"}).value_or("");
    status.cause = cause_of(message);
    status.missing = hostile_text(json_string(*body, {"details", "kind"}).value_or(""), 64);
    status.reason = hostile_text(json_string(*body, {"reason"}).value_or(""), 64);
    status.message = hostile_text(message, longest_words);
    const auto seconds = json_integer(*body, {"details", "retryAfterSeconds"});
    if (seconds && !status.retry_after)
        status.retry_after = Seconds(std::clamp<std::int64_t>(*seconds, 0, longest_wait));
    return status;
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

namespace {

std::string subject_yaml(const std::string& user) {
    constexpr std::string_view accounts = "system:serviceaccount:";
    const std::size_t colon = user.find(':', accounts.size());
    if (user.starts_with(accounts) && colon != std::string::npos)
        return "- kind: ServiceAccount\n  namespace: " +
               yaml_scalar(user.substr(accounts.size(), colon - accounts.size())) +
               "\n  name: " + yaml_scalar(user.substr(colon + 1)) + '\n';
    return "- kind: User\n  apiGroup: rbac.authorization.k8s.io\n  name: " + yaml_scalar(user) +
           '\n';
}

} // namespace

std::string bindings_yaml(const std::vector<KubernetesAction>& actions, const std::string& user) {
    std::set<std::string> spaces;
    for (const KubernetesAction& action : actions)
        spaces.insert(action.namespace_);
    std::string text;
    for (const std::string& space : spaces) {
        const std::string of = space.empty() ? "ClusterRole" : "Role";
        text += "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: " + of +
                "Binding\nmetadata:\n  name: leasehold-requester\n" +
                (space.empty() ? "" : "  namespace: " + space + '\n') +
                "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: " + of +
                "\n  name: leasehold-requester\nsubjects:\n" + subject_yaml(user);
    }
    return user.empty() ? std::string() : text;
}

} // namespace leasehold::lease
