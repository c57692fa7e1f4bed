// The identity of a job in GitHub Actions: a JWT, made when it is asked for.
// https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments
#pragma once

#include "src/lease/identity/surroundings.hpp"

namespace leasehold::lease::identity {

// Whether this is a job that may ask for one (permission `id-token: write`).
[[nodiscard]] bool can_ask_github(const Environment& environment);

// A fresh JWT for `audience` ("": GitHub's default, the URL of the repository's owner).
[[nodiscard]] Result<Secret> ask_github_for_jwt(const std::string& audience,
                                                const Surroundings& around, Deadline deadline);

} // namespace leasehold::lease::identity
