// What to do about a CI platform's JWT that the API server does not accept: the server only says
// 401, and what it would have to be told stands in the JWT.
#pragma once

#include "src/base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leasehold::lease {

// A hint: that the JWT has ended, if it has by `now` (the server's time), else of which issuer, for
// which audience and of which subject it is. No secret.
// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
[[nodiscard]] std::string jwt_advice(std::string_view jwt, std::optional<UnixTime> now);

} // namespace leasehold::lease
