// The dynamic secret's leases, everybody's, one after another.
#pragma once

#include "src/lease/infisical/settings/settings.hpp"
#include "src/lease/infisical/site_client.hpp"
#include "src/lease/infisical/wire/lease_answer.hpp"

#include <functional>
#include <string_view>

namespace leasehold::lease::infisical {

// Asks once and calls `visit` for each, as they come: memory does not grow with their number, of
// which a site allows 10,000 and more, without pages. `action` says in errors what was wanted.
[[nodiscard]] Result<void> for_each_lease(SiteClient& client, const InfisicalSettings& settings,
                                          std::string_view action,
                                          const std::function<void(const LeaseRecord&)>& visit,
                                          Deadline deadline);

} // namespace leasehold::lease::infisical
