// Where AWS credentials lie: the environment, the shared files, the container, the instance.
// https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
#pragma once

#include "src/lease/infisical/login/aws_proof.hpp"

#include <string_view>

namespace leasehold::lease::infisical {

// The first that are found, in that order; the last two only if `auth.machine_credentials`.
[[nodiscard]] Result<AwsCredentials>
find_aws_credentials(const AuthSettings& auth, const Outside& outside, Deadline deadline);

// The keys of one section of a shared credentials file; empty if it has none.
[[nodiscard]] std::optional<AwsCredentials> read_aws_section(std::string_view text,
                                                             std::string_view profile);

} // namespace leasehold::lease::infisical
