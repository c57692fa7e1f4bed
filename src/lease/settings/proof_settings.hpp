// How somebody proves to a server who they are, as far as it is the same at every server.
#pragma once

#include "src/base/url.hpp"

#include <optional>
#include <string>

namespace leasehold::lease {

// What one way to log in or another needs; none is a secret. What belongs to one kind of server
// stands beside it, in that provider's own settings.
struct ProofSettings {
    std::string jwt_file;                 // the pod's own JWT has a default
    std::string jwt_variable;             // the name of an environment variable
    std::string audience;                 // of a JWT that is asked for
    std::string username;                 // of a person, to whom a password belongs
    std::string password_file;            // empty: the environment or the secret store
    std::string token_file;               // likewise
    std::string region;                   // aws
    bool machine_credentials = false;     // aws: also those of the container or instance
    std::string resource;                 // azure: audience of the identity's token
    std::string account_key_file;         // gcp-iam: the service account's key, as JSON
    std::string oci_config;               // oci; empty: ~/.oci/config
    std::string oci_section;              // oci: of that file; empty: DEFAULT
    std::string access_key_id;            // alicloud
    std::string access_key_secret_file;   // alicloud; empty: the environment or the secret store
    std::optional<Url> metadata_endpoint; // aws, azure, gcp: in place of 169.254.169.254
};

} // namespace leasehold::lease
