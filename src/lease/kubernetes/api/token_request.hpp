// TokenRequest (authentication.k8s.io/v1): the request and the reading of its answer, without a
// socket.
// https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
#pragma once

#include "src/http/client.hpp"
#include "src/lease/kubernetes/api/object.hpp"
#include "src/lease/terms/jwt.hpp"
#include "src/lease/terms/lease.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::lease {

struct TokenWish {
    std::string namespace_;
    std::string service_account;
    std::vector<std::string> audiences;
    Seconds ttl{0};
    std::string issuer;                     // empty: any
    std::string account_uid = {};           // empty: whichever has the name
    std::optional<ObjectRef> bound_to = {}; // a Secret: when it goes, the token ends
};

// POST /api/v1/namespaces/NAMESPACE/serviceaccounts/NAME/token. The names must have been checked.
[[nodiscard]] http::Request token_request(const TokenWish& wish);

// Reads a 201 (or 200) answer: JSON, claims, expiry. `sent` is the local time before the request
// went out; the lease's life is counted from it, so that clocks may differ (CACHE-4).
[[nodiscard]] Result<Lease> read_token_answer(const http::Response& response, const TokenWish& wish,
                                              UnixTime sent);

} // namespace leasehold::lease
