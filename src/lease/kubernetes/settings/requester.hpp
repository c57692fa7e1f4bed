// With which identity the embedded provider asks: the keys of `kubernetes.requester:`.
#pragma once

#include "src/lease/kubernetes/settings/settings.hpp"
#include "src/lease/settings/field.hpp"

#include <span>
#include <string>

namespace leasehold::lease {

[[nodiscard]] std::span<const Field<RequesterSettings>> requester_fields();

// Reads them; more than one way to ask is a mistake.
void read_requester(SettingsSection section, const SettingsPaths& paths,
                    RequesterSettings& requester);

} // namespace leasehold::lease
