// Whose the proofs are that a login would send, as far as they lie in files and variables: the
// places in which ProofSource and find_secret() look, and in their order.
#pragma once

#include "src/lease/identity/asker.hpp"
#include "src/lease/settings/proof_settings.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace leasehold::lease::identity {

using VariableNames = std::initializer_list<std::string_view>;

// The file that is named, else the variables.
void add_secret(const std::string& file, VariableNames variables, const AskerSurroundings& around,
                Asker& asker);

// A JWT that was given, and one of a job that GitHub may make it for.
void add_given_jwt(const ProofSettings& settings, VariableNames usual,
                   const AskerSurroundings& around, Asker& asker);
void add_job_jwt(const ProofSettings& settings, VariableNames usual,
                 const AskerSurroundings& around, Asker& asker);
// GitHub makes the JWT when it is asked; what a job may ask with is its own.
void add_github_job(const AskerSurroundings& around, Asker& asker);

void add_pod_jwt(const ProofSettings& settings, const AskerSurroundings& around, Asker& asker);
void add_aws(const AskerSurroundings& around, Asker& asker);
// The user that the configuration names, whose key may be replaced.
void add_oci(const ProofSettings& settings, const AskerSurroundings& around, Asker& asker);
void add_alicloud(const ProofSettings& settings, const AskerSurroundings& around, Asker& asker);
// The account that the key file names, likewise.
void add_google_key(const ProofSettings& settings, Asker& asker);

} // namespace leasehold::lease::identity
