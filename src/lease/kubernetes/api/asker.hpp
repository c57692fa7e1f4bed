// Whose the requester is.
#pragma once

#include "src/lease/identity/asker.hpp"
#include "src/lease/kubernetes/settings/settings.hpp"

namespace leasehold::lease {

// A token that `leasehold login` kept is not looked at: login forgets the leases of another.
[[nodiscard]] identity::Asker asker_of(const RequesterSettings& settings,
                                       const identity::AskerSurroundings& around);

} // namespace leasehold::lease
