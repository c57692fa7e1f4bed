// Where AWS credentials lie: the environment, the shared files, the container, the instance.
// https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
#pragma once

#include "src/lease/identity/aws_request.hpp"
#include "src/lease/identity/surroundings.hpp"

#include <optional>
#include <string_view>

namespace leasehold::lease::identity {

struct AwsSource {
    bool machine = false;                 // also those of the container or instance
    std::string_view machine_setting;     // how a profile says so, for messages
    std::optional<Url> metadata_endpoint; // of the instance, in place of the usual one
};

// The first that are found, in that order.
[[nodiscard]] Result<AwsCredentials>
find_aws_credentials(const AwsSource& source, const Surroundings& around, Deadline deadline);

// The region that is given, else that of AWS_REGION or AWS_DEFAULT_REGION, else us-east-1.
// ErrorCode::configuration if a variable holds no name of one.
[[nodiscard]] Result<std::string> find_aws_region(const std::string& given,
                                                  const Environment& environment);

// The keys of one section of a shared credentials file; empty if it has none.
[[nodiscard]] std::optional<AwsCredentials> read_aws_section(std::string_view text,
                                                             std::string_view profile);

} // namespace leasehold::lease::identity
