// A client certificate with its private key, as PEM: what some plugins answer in place of a token,
// or beside one.
#pragma once

#include "src/base/secret.hpp"

#include <string>
#include <string_view>

namespace leasehold {

struct KeyPair {
    std::string certificate_pem;
    Secret key_pem;

    [[nodiscard]] bool empty() const { return certificate_pem.empty(); }
    [[nodiscard]] KeyPair clone() const { return {certificate_pem, key_pem.clone()}; }
};

// What tells a credential from others of its kind: its token or, without one, its certificate.
[[nodiscard]] inline std::string_view credential_mark(const Secret& token, const KeyPair& pair) {
    return token.empty() ? std::string_view(pair.certificate_pem) : token.reveal();
}

} // namespace leasehold
