// Signatures with a private RSA key that lies in a file.
#pragma once

#include "src/base/error.hpp"
#include "src/base/secret.hpp"

#include <string>
#include <string_view>

namespace leasehold::http {

// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2): the bytes. `key_pem` is PKCS#1 or PKCS#8,
// under `passphrase` if it is encrypted. ErrorCode::configuration if it holds no such key; the
// message begins with `what`.
[[nodiscard]] Result<std::string> sign_rsa_sha256(const Secret& key_pem, const Secret& passphrase,
                                                  std::string_view text, const std::string& what);

} // namespace leasehold::http
