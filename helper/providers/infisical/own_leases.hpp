// Which leases a profile made, kept on this machine: ids and times, never a token. One file a
// profile below the state directory, a line of JSON for each thing that happened.
#pragma once

#include "src/lease/infisical/memory.hpp"

#include <string>
#include <vector>

namespace leasehold::cache {
class TokenCache;
} // namespace leasehold::cache

namespace leasehold::lease {
struct Profile;
} // namespace leasehold::lease

namespace leasehold::helper {

struct Process;

// A lease is kept for a week beyond its end, since its record may outlive it. Leases of the
// profile that only a store knows of (from before there was this file) count as well, as of
// `place`.
class OwnLeases final : public lease::infisical::LeaseMemory {
public:
    // Everything outlives this. Without a state directory the stores are all that is known.
    OwnLeases(const Process& process, const lease::Profile& profile, cache::TokenCache& cache,
              std::string place);

    [[nodiscard]] std::vector<lease::infisical::KnownLease> all() override;
    void remember(const lease::infisical::KnownLease& lease) override;
    void forget(const lease::infisical::KnownLease& lease) override;
    [[nodiscard]] Seconds longest_ttl(const std::string& place) override;
    void remember_longest_ttl(const std::string& place, Seconds ttl) override;

private:
    void append(const std::string& line);
    struct Book;
    [[nodiscard]] Book read() const;
    void add_cached(std::vector<lease::infisical::KnownLease>& leases);

    const Process& process_;
    const lease::Profile& profile_;
    cache::TokenCache& cache_;
    std::string place_;
    std::string path_; // "" without a state directory
};

} // namespace leasehold::helper
