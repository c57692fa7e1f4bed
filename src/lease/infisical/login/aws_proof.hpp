// Infisical's AWS login: a signed GetCallerIdentity request that Infisical sends on to STS.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include "src/lease/infisical/settings/settings.hpp"
#include "src/lease/infisical/wire/outside.hpp"

#include <string>

namespace leasehold::lease::infisical {

struct AwsCredentials {
    std::string key_id;
    Secret secret_key;
    Secret session_token; // empty: none
};

struct AwsSignedRequest {
    std::string body_base64;
    Secret headers_base64; // JSON of the signed headers
};

// POST https://sts.REGION.amazonaws.com/, signed for `now`.
[[nodiscard]] AwsSignedRequest sign_caller_identity(const AwsCredentials& credentials,
                                                    const std::string& region, UnixTime now);

// The same with the credentials of this environment: its variables, then the shared files, and,
// only where the profile asks for them, those of the container or instance.
[[nodiscard]] Result<AwsSignedRequest>
sign_caller_identity(const InfisicalSettings& settings, const Outside& outside, Deadline deadline);

} // namespace leasehold::lease::infisical
