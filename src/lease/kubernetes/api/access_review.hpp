// Asking the API server who one is and what one may do (authentication.k8s.io SelfSubjectReview,
// authorization.k8s.io SelfSubjectAccessReview), without a socket.
#pragma once

#include "src/http/client.hpp"
#include "src/lease/kubernetes/api/status.hpp"

#include <optional>
#include <string>

namespace leasehold::lease {

[[nodiscard]] http::Request self_subject_review();
// The user name in the answer; empty if this server does not know the resource (before 1.28).
[[nodiscard]] Result<std::optional<std::string>>
read_self_subject_review(const http::Response& response);

[[nodiscard]] http::Request self_subject_access_review(const KubernetesAction& action);
[[nodiscard]] Result<bool> read_self_subject_access_review(const http::Response& response);

} // namespace leasehold::lease
