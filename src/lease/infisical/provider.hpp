// The provider `infisical`: leases of a Kubernetes dynamic secret, and the book of them.
#pragma once

#include "src/lease/infisical/memory.hpp"
#include "src/lease/infisical/settings/settings.hpp"
#include "src/lease/terms/book.hpp"
#include "src/lease/terms/lease.hpp"

#include <memory>
#include <string>

namespace leasehold::lease {
namespace infisical {
struct Outside;
} // namespace infisical

// Leases as `settings` say, and remembers each with its owner. `issuer` is the one that the
// cluster's tokens must name; empty: any. A lease whose answer does not come is told as possible,
// and looked for and ended by the next call. Referenced objects must outlive the provider.
[[nodiscard]] std::unique_ptr<LeaseProvider>
make_infisical_provider(const infisical::InfisicalSettings& settings, std::string issuer,
                        infisical::Outside outside, infisical::Owner owner);

// The site's book of the dynamic secret's leases. Ours are those that the owner remembers; under
// the scope `own` no other is shown or touched. A lease that the site could not end is an Error
// with code `denied`.
[[nodiscard]] std::unique_ptr<LeaseBook>
make_infisical_book(const infisical::InfisicalSettings& settings, infisical::Outside outside,
                    BookScope scope, infisical::Owner owner);

namespace infisical {

// Ends the kept session at the site and forgets it. Fine if there is none.
[[nodiscard]] Result<void> end_kept_session(const InfisicalSettings& settings,
                                            const Outside& outside, Deadline deadline);

} // namespace infisical
} // namespace leasehold::lease
