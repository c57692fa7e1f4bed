// Service-account tokens (JWT, RFC 7519), read and held against what was asked for. Signatures
// are not checked: the token came from its issuer over verified TLS (JWT-2).
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease {

// An issuer is a URL; a token with a longer one is refused.
inline constexpr std::size_t longest_issuer = 2048;

struct Claims {
    std::string subject;
    std::string issuer;
    std::string id; // jti
    std::vector<std::string> audiences;
    std::string namespace_;      // kubernetes.io.namespace
    std::string service_account; // kubernetes.io.serviceaccount.name
    std::string account_uid;     // kubernetes.io.serviceaccount.uid
    std::string secret_uid;      // kubernetes.io.secret.uid: of the Secret that it is bound to
    std::int64_t expires = 0;
    std::optional<std::int64_t> issued;
    std::optional<std::int64_t> not_before;
};

// What a token must be to be used.
struct TokenExpectation {
    std::string namespace_;
    std::string service_account;
    std::vector<std::string> audiences; // empty: the API server's own, whatever they are called
    std::string issuer;                 // empty: any
    std::string account_uid = {};       // empty: any
    std::string secret_uid = {};        // empty: bound or not
    Seconds ttl{0};                     // asked for
    std::int64_t server_now = 0;        // the server's clock as far as known, else ours
};

// Reads a token's claims. Refused: anything but three base64url parts of at most 16 KiB with a
// signing algorithm that API servers use, and claims of the wrong type.
[[nodiscard]] Result<Claims> read_claims(std::string_view token);

// Holds the claims against the expectation (JWT-1, JWT-5): ErrorCode::bad_answer names the claim
// that is wrong. A life longer than 1.5 times the asked TTL plus a minute is refused too.
[[nodiscard]] Result<void> check_claims(const Claims& claims, const TokenExpectation& expected);

} // namespace leasehold::lease
