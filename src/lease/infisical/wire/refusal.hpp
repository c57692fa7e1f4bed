// What Infisical says when it does not do as asked, for people: message, next step, exit code.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/http/client.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease::infisical {

// One rule that was missing, of a PermissionDenied.
struct DeniedRule {
    std::string action;
    std::string subject;
};

// The parts of an error body that are used; all text is made safe to show.
struct Refusal {
    int status = 0;
    bool readable = false; // false: no JSON of Infisical's, some proxy's page
    std::string kind;      // `error`: "BadRequest", "TokenError"
    std::string message;   // of a 422 the issues in one line
    std::string request_id;
    std::vector<DeniedRule> denied;
    std::optional<Seconds> wait; // of a 429
};

[[nodiscard]] Refusal read_refusal(const http::Response& response);

// True if the session is what was refused, so that another login may help: 401, or 403 with
// `TokenError`. A PermissionDenied is not.
[[nodiscard]] bool session_refused(const Refusal& refusal);

// True if a lease was refused because its TTL is longer than the definition allows: nothing was
// begun then.
[[nodiscard]] bool ttl_refused(const Refusal& refusal);

// The Error for a refusal of `action` ("lease the dynamic secret \"deployer\""): denied for 400,
// 401, 403 and 409, configuration for 404 and 422, unreachable for 429 and 5xx, timed_out for 504,
// bad_answer for anything that is not Infisical's.
[[nodiscard]] Error refusal_error(const Refusal& refusal, std::string_view action);

} // namespace leasehold::lease::infisical
