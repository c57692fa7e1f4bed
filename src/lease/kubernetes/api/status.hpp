// What the Kubernetes API says when it does not do as asked (meta/v1 Status), for people.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/http/client.hpp"

#include <optional>
#include <string>
#include <vector>

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
    std::string reason;
    std::string message;
    std::optional<Seconds> retry_after; // header or details.retryAfterSeconds, at most a minute
};

[[nodiscard]] KubernetesStatus read_status(const http::Response& response);

// The Error for an answer that is no success: 401 and 403 are `denied`, 404 `configuration`, 422
// and other 4xx `bad_answer` or `configuration`, 429 and 5xx `unreachable`, with the
// seconds the server asked for.
[[nodiscard]] Error status_error(const http::Response& response, const KubernetesAction& action);

// The Roles and ClusterRoles that would allow `actions`, as YAML to apply: one for each namespace,
// one for the whole cluster.
[[nodiscard]] std::string missing_rules_yaml(const std::vector<KubernetesAction>& actions);

} // namespace leasehold::lease
