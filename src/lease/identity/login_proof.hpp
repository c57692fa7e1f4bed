// What a login sends to prove who asks.
#pragma once

#include "src/base/error.hpp"
#include "src/base/secret.hpp"
#include "src/http/client.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leasehold::lease::identity {

// One field of a login, perhaps a secret.
struct LoginField {
    LoginField(std::string its_name, Secret its_value, bool json = false, bool is_told = false)
        : name(std::move(its_name)), value(std::move(its_value)), is_json(json), told(is_told) {}

    std::string name;
    Secret value;
    bool is_json; // a JSON value, and not a text to be quoted
    bool told;    // no secret: a refusal may name it
};
using LoginFields = std::vector<LoginField>;

// What is no secret.
void add_text(LoginFields& fields, std::string name, std::string_view text);

// {"name":"value",...}, which no JSON value keeps a copy of.
[[nodiscard]] Secret login_body(const LoginFields& fields);

// Takes what was secret of the login out of what the server says to it.
void conceal(http::Response& response, const LoginFields& sent);

// What a login sends, or, for the ways without a login, the token itself.
struct LoginProof {
    std::string path; // of the login at the server, as its provider names it
    LoginFields fields;
    Secret token;            // not empty: there is no login
    std::string fingerprint; // tells one secret from another; no secret and no way back to one
};

struct FoundJwt {
    Secret text;
    bool steady = false; // it stays the same until somebody replaces it
};

// The field `jwt`, and the fingerprint of one that is steady.
void add_jwt(LoginProof& proof, FoundJwt jwt);

// ErrorCode::denied: there is no `what` to log in to `server` with.
[[nodiscard]] Error no_proof(std::string_view what, const std::string& server, std::string hint);

} // namespace leasehold::lease::identity
