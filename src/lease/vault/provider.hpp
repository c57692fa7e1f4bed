// The provider `vault`: leases of the Kubernetes secrets engine of Vault or OpenBao, and the book
// of them.
#pragma once

#include "src/lease/terms/book.hpp"
#include "src/lease/terms/lease.hpp"
#include "src/lease/terms/lease_terms.hpp"
#include "src/lease/vault/settings/settings.hpp"
#include "src/lease/vault/wire/outside.hpp"

#include <memory>
#include <string>
#include <vector>

namespace leasehold::lease {

// Leases as `settings` say. Referenced objects must outlive the provider.
[[nodiscard]] std::unique_ptr<LeaseProvider>
make_vault_provider(const vault::VaultSettings& settings, const LeaseTerms& terms,
                    vault::Outside outside);

namespace vault {

// A lease that a store of this user has a token of: the server tells no account and no jti.
struct KnownLease {
    std::string id;
    std::string subject;
    UnixTime issued = 0;
    UnixTime expires = 0;
    bool revocable = false;
    std::string credential_id;
    bool revocable_known = true; // false: nobody has told yet whether it is
};

} // namespace vault

// The server's book of the role's leases, joined with those that are known here. Without
// BookScope::all_holders it has those alone: listing others takes `sudo`. Revoking a lease of an
// account that stays takes the record away and leaves the token.
[[nodiscard]] std::unique_ptr<LeaseBook> make_vault_book(const vault::VaultSettings& settings,
                                                         const LeaseTerms& terms,
                                                         vault::Outside outside, BookScope scope,
                                                         std::vector<vault::KnownLease> known);

} // namespace leasehold::lease
