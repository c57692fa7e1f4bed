// What the provider `stub` is told by a profile: at which desk to ask, and for what.
#pragma once

#include "src/lease/settings/field.hpp"
#include "src/lease/terms/lease_terms.hpp"

#include <string>
#include <vector>

namespace leasehold::lease::stub {

struct StubSettings {
    std::string desk;           // a directory of the test's: the "server"
    std::string ticket;         // what is leased
    std::string path;           // a flag that another provider has, too
    std::string badge_variable; // of the environment: who asks; empty: nobody in particular
    std::string window;         // left or right: the same lease by another way
};

// Reads the profile's section `stub`. Mistakes go to the section's context.
[[nodiscard]] StubSettings read_settings(SettingsSection section, const SettingsPaths& paths,
                                         LeaseTerms& terms);
[[nodiscard]] Fields settings_identity(const StubSettings& settings, Identity::Role role);
[[nodiscard]] Fields shown_settings(const StubSettings& settings, const LeaseTerms& terms);
[[nodiscard]] std::vector<FieldGroup> setting_groups();

} // namespace leasehold::lease::stub
