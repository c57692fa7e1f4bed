// Trust on first use for token issuers (JWT-1): the issuer that a cluster's first
// token names is the one its later tokens must name.
#pragma once

#include "src/lease/profile/profile.hpp"
#include "src/lease/terms/lease.hpp"

#include <memory>
#include <string>

namespace leasehold::helper {

// Where the issuer of a profile's cluster is remembered, below the state directory: by server and
// CA, so that a cluster that is rebuilt with a new CA starts afresh. "" without a state directory.
[[nodiscard]] std::string known_issuer_path(const std::string& state_directory,
                                            const lease::ClusterSettings& cluster);

// The issuer remembered there; "" if there is none. An Error if there is something that cannot be
// read: whoever spoils the file must not be rid of the check.
[[nodiscard]] Result<std::string> read_known_issuer(const std::string& path);

// A provider that leases nothing if `known` is an Error, and else, if it is "", remembers the
// issuer of the first lease. If that cannot be written, nothing is lost but the check.
[[nodiscard]] std::unique_ptr<lease::LeaseProvider>
remember_issuer(std::unique_ptr<lease::LeaseProvider> provider, std::string path,
                Result<std::string> known);

} // namespace leasehold::helper
