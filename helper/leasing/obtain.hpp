// The use case: a token for a profile, from a store if one is fresh, else leased by exactly one
// of all the callers that want it.
#pragma once

#include "cache/record/key.hpp"
#include "cache/token_cache.hpp"
#include "helper/leasing/keys.hpp"
#include "src/lease/profile/profile.hpp"
#include "src/lease/terms/lease.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace leasehold::helper {

// What obtain() works with; everything outlives the call.
struct ObtainParts {
    cache::TokenCache& cache;
    lease::LeaseProvider& provider;
    const Clock& clock;
    std::string lock_directory;                // "" if there is nowhere to lock
    std::function<void(std::string_view)> log; // phases, for --verbose; never a secret
};

struct Obtained {
    Secret token;
    UnixTime reported_expiry = 0; // what the client is told: a little before the end
    cache::Lifetime lifetime;
    std::string store;                  // where it came from; "" if it was leased just now
    UnixTime ends = 0;                  // the lease's end, for people
    std::string subject = {};           // "" if the store's record does not tell
    std::string why_not_revocable = {}; // if it was leased just now
    std::string id = {};                // the lease's; "" if the store's record does not tell
    KeyPair pair = {};                  // in place of the token, or beside it
    bool due = false;                   // from a store, and to be renewed by now
};

// How eager to be.
enum class Eagerness {
    serve, // a token that is fresh or due will do
    renew, // only one that is not yet due: somebody is renewing in the background
};

// Looks into the stores, then leases under the key's lock with a second look. A failure is told to
// the calls that follow within seconds under the same circumstances, without asking the server
// again; while an older token is
// still valid it is served instead of an error (CACHE-3).
[[nodiscard]] Result<Obtained> obtain(const ObtainParts& parts, const lease::Profile& profile,
                                      const lease::LeaseRequest& request, const LeaseKey& key,
                                      Eagerness eagerness, Deadline deadline);

// What is kept of a lease that was asked for at `asked`, under `key`.
[[nodiscard]] cache::Record cached_record(const Clock& clock, const lease::Profile& profile,
                                          const lease::Lease& lease, const cache::CacheKey& key,
                                          Instant asked);

// Drops the remembered failure of a key, so that what a person has just mended is tried again.
void forget_failure(const std::string& lock_directory, const lease::Profile& profile,
                    const LeaseKey& key);

} // namespace leasehold::helper
