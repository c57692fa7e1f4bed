// Leases that were asked for and whose token reached nobody: the call was killed, or gave up before
// the site had finished. They are found by the mark that they bear, and ended.
#pragma once

#include "src/lease/infisical/memory.hpp"
#include "src/lease/infisical/settings/settings.hpp"
#include "src/lease/infisical/site_client.hpp"

#include <string>
#include <vector>

namespace leasehold::lease::infisical {

// Which dynamic secret of which site, as a digest.
[[nodiscard]] std::string place_of(const InfisicalSettings& settings);

// 32 hex digits; "" if the kernel gives none.
[[nodiscard]] std::string make_mark();

// True if nobody can be waiting for its token any more.
[[nodiscard]] bool is_unused(const KnownLease& lease, UnixTime now);

struct UnusedLeases {
    const InfisicalSettings& settings;
    SiteClient& client;
    LeaseMemory& memory;
    UnixTime now;

    // Asks nothing if nothing is remembered as unused. Adds the ids of those that were ended, or
    // would be, to `ended`: also of those before one with which it failed.
    [[nodiscard]] Result<void> end(bool dry_run, Deadline deadline,
                                   std::vector<std::string>& ended);

private:
    [[nodiscard]] Result<void> find_ids(std::vector<KnownLease>& leases, Deadline deadline);
};

} // namespace leasehold::lease::infisical
