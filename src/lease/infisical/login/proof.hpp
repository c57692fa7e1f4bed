// Gathers what a login needs: from files, the environment, the secret store, and the services of
// the machine or CI job. Everything is read afresh, since tokens are rotated by others.
#pragma once

#include "src/lease/infisical/wire/outside.hpp"
#include "src/lease/infisical/wire/requests.hpp"

namespace leasehold::lease::infisical {

// What a login sends, or, for the methods without a login, the access token itself.
struct Proof {
    LoginProof login;
    Secret access_token;     // token and cli: no login is needed
    std::string fingerprint; // tells one secret from another; no secret and no way back to one
};

[[nodiscard]] Result<Proof> gather_proof(const InfisicalSettings& settings, const Outside& outside,
                                         Deadline deadline);

} // namespace leasehold::lease::infisical
