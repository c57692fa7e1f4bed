// The rows of a provider's settings that say how somebody proves who they are.
#pragma once

#include "src/lease/settings/field.hpp"
#include "src/lease/settings/proof_settings.hpp"

#include <array>
#include <string>
#include <string_view>

namespace leasehold::lease {

// Which identity it is.
constexpr FieldFacts who_facts(std::string_view key, FieldForm form, std::string_view flag,
                               const char* help, std::array<std::string_view, 2> variables = {}) {
    return {.key = key,
            .form = form,
            .identity = Identity::of_login,
            .shown = Shown::if_set,
            .flag = flag,
            .help = help,
            .variables = variables};
}

// How an identity is proven, not which one it is: that is told by what lies there.
constexpr FieldFacts way_facts(std::string_view key, FieldForm form, std::string_view flag,
                               const char* help, std::array<std::string_view, 2> variables = {}) {
    return {.key = key,
            .form = form,
            .identity = Identity::none,
            .shown = Shown::if_set,
            .flag = flag,
            .help = help,
            .variables = variables};
}

// Those that read the same at every server.
inline constexpr FieldFacts region_facts =
    way_facts("region", FieldForm::slug, "aws-region",
              "aws: region of STS (default AWS_REGION, else us-east-1)");
inline constexpr FieldFacts machine_credentials_facts =
    way_facts("machine-credentials", FieldForm::truth, "machine-credentials",
              "aws: also use those of the container or instance");
inline constexpr FieldFacts resource_facts =
    way_facts("resource", FieldForm::text, "azure-resource", "azure: resource of the token");
inline constexpr FieldFacts metadata_endpoint_facts =
    way_facts("metadata-endpoint", FieldForm::url, "metadata-endpoint",
              "aws, azure, gcp: another metadata service");
inline constexpr FieldFacts oci_config_facts = way_facts(
    "oci-config", FieldForm::path, "oci-config",
    "oci: configuration with the user's API key (default ~/.oci/config)", {"OCI_CLI_CONFIG_FILE"});
inline constexpr FieldFacts oci_section_facts =
    who_facts("oci-profile", FieldForm::text, "oci-profile",
              "oci: which of its profiles (default DEFAULT)", {"OCI_CLI_PROFILE"});
inline constexpr FieldFacts access_key_id_facts =
    who_facts("access-key-id", FieldForm::text, "access-key-id", "alicloud: the access key's id",
              {"ALIBABA_CLOUD_ACCESS_KEY_ID"});
inline constexpr FieldFacts access_key_secret_facts =
    way_facts("access-key-secret-file", FieldForm::path, "access-key-secret-file",
              "alicloud: file with its secret (default: what 'leasehold login' keeps)");

// A value that `method` cannot do without.
void need_for_login(SettingsSection& section, std::string_view key, const std::string& value,
                    std::string_view method, const char* hint = "");

// A JWT lies in one place.
void check_jwt_source(SettingsSection& section, const ProofSettings& settings);

} // namespace leasehold::lease
