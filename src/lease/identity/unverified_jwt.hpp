// What a JWT (RFC 7519) says of itself, where nobody here can verify it and nothing hangs on its
// being true: which identity it is of, and how long it lasts.
#pragma once

#include "src/base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease::identity {

// "" and empty: it does not say.
struct UnverifiedClaims {
    std::string issuer;
    std::string subject;
    std::vector<std::string> audiences; // `aud` is a text or a list of them
    std::optional<UnixTime> issued;
    std::optional<UnixTime> expires;
};

// Empty if the token is no JWT of at most 16 KiB.
[[nodiscard]] std::optional<UnverifiedClaims> read_unverified(std::string_view token);

} // namespace leasehold::lease::identity
