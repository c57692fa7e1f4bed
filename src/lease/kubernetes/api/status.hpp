// What the Kubernetes API says when it does not do as asked (meta/v1 Status), for people.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::http {
struct Response;
} // namespace leasehold::http

namespace leasehold::lease {

// What was asked, for the message and the RBAC hint.
struct KubernetesAction {
    std::string verb;       // "create"
    std::string resource;   // "serviceaccounts/token"
    std::string namespace_; // "" for the whole cluster
    std::string name;       // "" for any
    std::string group = {}; // API group: "" for the core one
};

// The parts of a Status object that are used; all text is made safe to show.
struct KubernetesStatus {
    bool of_api = false; // it is a Status object: no web page, no text of something in between
    // What stands in the way, by its words, where it is not the requester's rights.
    enum class Cause { rights, anonymous, quota, policy, ending_namespace, webhook, unknown };
    Cause cause = Cause::unknown;
    std::string missing; // of a 404: the plural of what there is none of, "namespaces"
    std::string reason;
    std::string message;
    std::optional<Seconds> retry_after; // header or details.retryAfterSeconds, at most a minute
};

[[nodiscard]] KubernetesStatus read_status(const http::Response& response);

// The Error for an answer that is no success: 401 and 403 are `denied`, 404 `configuration`, 422
// and other 4xx `bad_answer` or `configuration`, 429 and 5xx `unreachable`, with the
// seconds the server asked for. What it answered is named before any advice is given.
[[nodiscard]] Error status_error(const http::Response& response, const KubernetesAction& action);

// The Error for a success whose body is not what the API answers; `doing` what was asked:
// "the token request".
[[nodiscard]] Error not_the_api(const http::Response& response, std::string_view doing);

// The Roles and ClusterRoles that would allow `actions`, as YAML to apply: one for each namespace,
// one for the whole cluster.
[[nodiscard]] std::string missing_rules_yaml(const std::vector<KubernetesAction>& actions);

// What binds those to the user of this name, documents that follow them; "" for no name.
[[nodiscard]] std::string bindings_yaml(const std::vector<KubernetesAction>& actions,
                                        const std::string& user);

} // namespace leasehold::lease
