// What the Kubernetes API says when it does not do as asked (meta/v1 Status), for people.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/http/client.hpp"

#include <optional>
#include <string>

namespace leasehold::lease {

// What was asked, for the message and the RBAC hint.
struct KubernetesAction {
    std::string verb;     // "create"
    std::string resource; // "serviceaccounts/token"
    std::string namespace_;
    std::string name;
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

// A Role that would allow `action`, as YAML to apply.
[[nodiscard]] std::string missing_rule_yaml(const KubernetesAction& action);

} // namespace leasehold::lease
