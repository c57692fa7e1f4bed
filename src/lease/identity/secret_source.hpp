// A secret that its owner holds: a password, a client secret, an access token.
#pragma once

#include "src/base/environment.hpp"
#include "src/base/error.hpp"
#include "src/base/secret.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease::identity {

// What `leasehold login` kept; an empty optional if there is nothing.
using StoredSecret = std::function<Result<std::optional<Secret>>()>;

// The places where one may lie, in their order.
struct SecretSource {
    std::string file;                        // "": none; wins over the environment
    std::string_view what;                   // the file's role, for messages: "password file"
    std::vector<std::string_view> variables; // the first that is set, and not to ""
    StoredSecret kept;                       // asked last; may be null
};

// The secret, read afresh. Empty if there is none; a file that is named must be there, and be the
// user's own.
[[nodiscard]] Result<std::optional<Secret>> find_secret(const SecretSource& source,
                                                        const Environment& environment);

// The value of the first of the variables that is set, and not to "".
[[nodiscard]] std::optional<Secret> secret_in(const Environment& environment,
                                              const std::vector<std::string_view>& variables);

} // namespace leasehold::lease::identity
