// The whole grammar of what a kubeconfig may make leasehold do (INP-2): one profile, one version,
// and for the profile of a run of `leasehold exec` that run's name.
#pragma once

#include "helper/exec_protocol/answer.hpp"
#include "src/base/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

struct CredentialArguments {
    std::string profile;
    std::optional<ExecApiVersion> api_version;
    std::string run = {}; // "": a profile of the user's
};

// Reads what follows "credential": --profile NAME, --api-version v1|v1beta1 and --run ID, each at
// most once, with "=" or as two words. Anything else is an error.
[[nodiscard]] Result<CredentialArguments>
parse_credential_arguments(const std::vector<std::string_view>& arguments);

} // namespace leasehold::helper
