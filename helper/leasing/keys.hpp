// The keys under which leases and kept secrets are found, and what decides them.
#pragma once

#include "cache/record/key.hpp"
#include "helper/process/edges.hpp"
#include "src/lease/profile/profile.hpp"
#include "src/lease/terms/lease.hpp"

#include <string>
#include <vector>

namespace leasehold::helper {

struct LeaseKey {
    cache::CacheKey key;
    // Where the identity of who asks lies: another one there is another key.
    std::vector<std::string> files;
    std::vector<std::string> variables;
    std::string circumstances = {}; // under which a failure is remembered (circumstances.hpp)
};

// The request that a profile makes when nothing else is asked for.
[[nodiscard]] lease::LeaseRequest default_request(const lease::Profile& profile);

// Everything that tells one lease from another (KEY-1): the profile, the cluster, what is asked
// for, and who asks. Reads the requester's files.
[[nodiscard]] Result<LeaseKey> lease_key(const Process& process, const lease::Profile& profile,
                                         const lease::LeaseRequest& request);

// A digest of who asks, for a note that another did before. "" if the profile does not tell.
[[nodiscard]] std::string asker_digest(const Process& process, const lease::Profile& profile);

// Where the secret kept by 'leasehold login' is found: bound to what it was given for, so that
// after a change of that it is not found.
[[nodiscard]] cache::CacheKey bootstrap_key(const lease::Profile& profile);

} // namespace leasehold::helper
