// The identity of a virtual machine in Azure or Google Cloud: a JWT from its metadata service.
#pragma once

#include "src/lease/identity/surroundings.hpp"

#include <optional>

namespace leasehold::lease::identity {

// The same link-local address in all three clouds.
inline constexpr std::string_view usual_metadata_endpoint = "http://169.254.169.254";

// https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
inline constexpr std::string_view default_azure_resource = "https://management.azure.com/";
struct AzureIdentity {
    std::string resource;        // the audience
    std::optional<Url> endpoint; // in place of the usual one
};
[[nodiscard]] Result<Secret> ask_azure_for_jwt(const AzureIdentity& identity,
                                               const Surroundings& around, Deadline deadline);

// Which machine this is, for servers that hold the identity against it.
// https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service
struct AzureMachine {
    std::string subscription;
    std::string resource_group;
    std::string name;
    std::string scale_set; // "" if it is in none
};
[[nodiscard]] Result<AzureMachine> ask_azure_for_machine(const std::optional<Url>& endpoint,
                                                         const Surroundings& around,
                                                         Deadline deadline);

// https://cloud.google.com/compute/docs/instances/verifying-instance-identity
struct GoogleIdentity {
    std::string audience;
    std::optional<Url> endpoint; // in place of the usual one
};
[[nodiscard]] Result<Secret> ask_google_for_jwt(const GoogleIdentity& identity,
                                                const Surroundings& around, Deadline deadline);

} // namespace leasehold::lease::identity
