// A JWT that the platform made for this job, pod or machine and put into a file or a variable.
#pragma once

#include "src/base/environment.hpp"
#include "src/base/error.hpp"
#include "src/base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease::identity {

// The pod's own service account; the kubelet renews the token in place.
// https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
inline constexpr std::string_view pod_token_file =
    "/var/run/secrets/kubernetes.io/serviceaccount/token";

// The file that a profile names, else that one.
[[nodiscard]] std::string pod_jwt_file(const std::string& given);

// The places where one may lie, in their order.
struct JwtSource {
    std::string file;                              // "": none
    std::string variable;                          // the one that is named: it must be set
    std::vector<std::string_view> usual_variables; // where neither is named
};

// The JWT, read afresh. Empty if there is none where nothing is named; a file or variable that is
// named must be there. The file may be another user's and readable by more, as the kubelet and CI
// systems make it.
[[nodiscard]] Result<std::optional<Secret>> find_jwt(const JwtSource& source,
                                                     const Environment& environment);

// The same of one file; `what` is its role, for messages.
[[nodiscard]] Result<Secret> read_jwt_file(const std::string& path, std::string_view what);

} // namespace leasehold::lease::identity
