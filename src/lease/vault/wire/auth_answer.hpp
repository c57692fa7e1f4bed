// What a login, a renewal or a look at a token answers.
#pragma once

#include "src/http/client.hpp"
#include "src/lease/identity/session.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::lease::vault {

// One way to give the second factor that a login wants.
struct MfaMethod {
    std::string id;
    std::string name;  // for people
    bool code = false; // it takes a code; else it is confirmed elsewhere
    std::string enforcement;
};

// A login that is not done: one method of each enforcement must be satisfied.
struct MfaRequest {
    std::string id;
    std::vector<MfaMethod> methods;
};

struct AuthAnswer {
    identity::Session session; // its token is empty where `mfa` is set
    std::optional<MfaRequest> mfa;
};

// {"auth": {...}} of a login or, with `before` set, of a renewal, which keeps the token. A token
// that may be used only so many times is ErrorCode::denied: its last use would end every lease.
[[nodiscard]] Result<AuthAnswer> read_auth_answer(const http::Response& response, UnixTime sent,
                                                  const identity::Session* before = nullptr);

// A token as the server knows it.
struct TokenFacts {
    Seconds ttl{0}; // what is left; 0: it never ends
    bool ended = false;
    std::int64_t num_uses = 0;
    std::vector<std::string> policies;
    std::string display_name;
};
[[nodiscard]] Result<TokenFacts> read_token_facts(const http::Response& response);

// Whether a token's use is limited, which makes it unfit for leases: ErrorCode::denied.
[[nodiscard]] Result<void> check_uses(std::int64_t num_uses);

// The secret id that a wrapping token stood for.
[[nodiscard]] Result<Secret> read_unwrapped_secret_id(const http::Response& response);

} // namespace leasehold::lease::vault
