// The provider `infisical`: leases of a Kubernetes dynamic secret, and the book of them.
#pragma once

#include "src/lease/infisical/settings/settings.hpp"
#include "src/lease/infisical/wire/outside.hpp"
#include "src/lease/terms/book.hpp"
#include "src/lease/terms/lease.hpp"

#include <functional>
#include <memory>
#include <string>

namespace leasehold::lease {

// Leases as `settings` say. `issuer` is the one that the cluster's tokens must name; empty: any.
// Referenced objects must outlive the provider.
[[nodiscard]] std::unique_ptr<LeaseProvider>
make_infisical_provider(const infisical::InfisicalSettings& settings, std::string issuer,
                        infisical::Outside outside);

// The server's book of the dynamic secret's leases. It does not say who holds one: `is_ours` tells
// by id which are this user's, as far as that is known. A lease that the server could not end is
// an Error with code `denied`.
[[nodiscard]] std::unique_ptr<LeaseBook>
make_infisical_book(const infisical::InfisicalSettings& settings, infisical::Outside outside,
                    BookScope scope, std::function<bool(const std::string& id)> is_ours);

namespace infisical {

// Ends the kept session at the site and forgets it. Fine if there is none.
[[nodiscard]] Result<void> end_kept_session(const InfisicalSettings& settings,
                                            const Outside& outside, Deadline deadline);

} // namespace infisical
} // namespace leasehold::lease
