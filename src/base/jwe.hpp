// JSON Web Encryption with a password (RFC 7516, RFC 7518 sections 4.8 and 5.3): reading alone.
#pragma once

#include "src/base/secret.hpp"

#include <optional>
#include <string_view>

namespace leasehold {

// The plaintext of a compact JWE with alg PBES2-HS256+A128KW and enc A256GCM. Empty if it is
// anything else, was damaged, or the password is another one.
[[nodiscard]] std::optional<Secret> decrypt_password_jwe(std::string_view compact,
                                                         const Secret& password);

} // namespace leasehold
