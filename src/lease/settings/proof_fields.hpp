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
                               const char* help) {
    return {.key = key,
            .form = form,
            .identity = Identity::none,
            .shown = Shown::if_set,
            .flag = flag,
            .help = help};
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

// A value that `method` cannot do without.
void need_for_login(SettingsSection& section, std::string_view key, const std::string& value,
                    std::string_view method, const char* hint = "");

// A JWT lies in one place.
void check_jwt_source(SettingsSection& section, const ProofSettings& settings);

} // namespace leasehold::lease
