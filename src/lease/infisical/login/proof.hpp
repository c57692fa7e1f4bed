// Gathers what a login needs: from files, the environment, the secret store, and the services of
// the machine or CI job. Everything is read afresh, since tokens are rotated by others.
#pragma once

#include "src/lease/infisical/wire/outside.hpp"
#include "src/lease/infisical/wire/requests.hpp"

namespace leasehold::lease::infisical {

// Its path is the part of the route that names the method: "universal-auth". Its token is an access
// token.
using Proof = identity::LoginProof;

[[nodiscard]] Result<Proof> gather_proof(const InfisicalSettings& settings, const Outside& outside,
                                         Deadline deadline);

} // namespace leasehold::lease::infisical
