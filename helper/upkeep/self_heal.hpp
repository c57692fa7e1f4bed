// Getting over a token that its server does not take any more, though its time is not up: revoked
// behind our back, or the cluster was rebuilt. Clients do not say so; they ask again
// (H12, CACHE-6).
#pragma once

#include "src/base/clock.hpp"

namespace leasehold {
class Environment;
class Secret;
} // namespace leasehold

namespace leasehold::cache {
class CacheKey;
} // namespace leasehold::cache

namespace leasehold::lease {
struct LeaseRequest;
} // namespace leasehold::lease

namespace leasehold::helper {

class Assembly;
struct LeaseKey;
struct ObtainParts;
struct Obtained;

// What to hand out instead of `obtained`, which came from a store. If the process that asks was
// handed this very token before, the server is asked whether it takes it; only a clear 401 drops it
// from every store and leases anew. Whatever goes wrong here, there is `obtained` to hand out.
// Only clients that say what they ask for (KUBERNETES_EXEC_INFO) are suspected: who else calls the
// plugin again and again is a person or a script.
[[nodiscard]] Obtained heal(Assembly& assembly, const lease::LeaseRequest& request,
                            const LeaseKey& key, Obtained obtained, const Environment& environment,
                            const Clock& clock, Deadline deadline);

// Remembers that the process that asks is handed this token.
void note_handing(const ObtainParts& parts, const cache::CacheKey& key, const Obtained& obtained);

} // namespace leasehold::helper
