// What Vault or OpenBao says when it does not do as asked, for people: message, next step, exit
// code. A status alone says little: 500 is as often a user's mistake as not, and 403 is a policy, a
// token that has ended, a mount that is not there, or a lockout.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/http/client.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leasehold::lease::vault {

// The parts of an error body that are used; all text is made safe to show.
struct Refusal {
    int status = 0;
    bool readable = false; // false: nothing of the server's own, some proxy's page
    std::string message;   // its errors in one line
    // Of a 403: it has the form of a policy's. Servers differ in how they say that a token has
    // ended, and none has it in this form.
    bool by_policy = false;
    // Of a 500: what does the work in the server failed, not the server itself.
    bool by_backend = false;
    // There is no active node, and this one does not do it: nothing was begun.
    bool no_leader = false;
    std::optional<Seconds> wait; // of a 429, where it says so
};

[[nodiscard]] Refusal read_refusal(const http::Response& response);

// What was wanted: the same status means another thing.
enum class Doing { leasing, logging_in, unwrapping, revoking, asking };

// The Error for a refusal of `action` ("lease from kubernetes/creds/deployer"). Hints name flags.
[[nodiscard]] Error refusal_error(const Refusal& refusal, Doing doing, std::string_view action);

// For a standby that does not forward; `location` is where it points.
[[nodiscard]] Error redirect_error(std::string_view address, std::string_view location);

} // namespace leasehold::lease::vault
