// Gathers what a login needs: from files, the environment, the secret store, and the services of
// the machine or CI job. Everything is read afresh, since tokens are rotated by others.
#pragma once

#include "src/lease/vault/wire/outside.hpp"
#include "src/lease/vault/wire/requests.hpp"

namespace leasehold::lease::vault {

// Its path is below /v1: "auth/approle/login".
struct Proof : identity::LoginProof {
    Secret wrapping; // approle: the secret id is to be had for this token, once
};

// ErrorCode::denied where a person must log in first.
[[nodiscard]] Result<Proof> gather_proof(const VaultSettings& settings, const Outside& outside,
                                         Deadline deadline);

// The proof of a password that a person has typed.
[[nodiscard]] Proof password_proof(const AuthSettings& auth, Secret password);

// What the memory of a refused login is filed under, where that takes nothing but the profile and
// what lies on this machine: to be forgotten before somebody tries by hand.
[[nodiscard]] std::vector<std::string> known_fingerprints(const VaultSettings& settings,
                                                          const Outside& outside);

// Whether a login can be made without anybody: what it takes is kept where it can be read again.
[[nodiscard]] bool can_log_in_alone(const VaultSettings& settings, const Environment& environment);

} // namespace leasehold::lease::vault
