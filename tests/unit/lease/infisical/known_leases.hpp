// What is remembered of leases, in memory.
#pragma once

#include "src/lease/infisical/memory.hpp"

#include <algorithm>
#include <vector>

namespace leasehold::lease::infisical {

class KnownLeases final : public LeaseMemory {
public:
    std::vector<KnownLease> all() override { return leases; }
    void remember(const KnownLease& lease) override {
        forget(lease);
        leases.push_back(lease);
    }
    void forget(const KnownLease& lease) override {
        std::erase_if(leases, [&](const KnownLease& one) {
            return lease.mark.empty() ? one.id == lease.id : one.mark == lease.mark;
        });
    }

    Seconds longest_ttl(const std::string&) override { return longest; }
    void remember_longest_ttl(const std::string&, Seconds ttl) override { longest = ttl; }

    std::vector<KnownLease> leases;
    Seconds longest{0};
};

} // namespace leasehold::lease::infisical
