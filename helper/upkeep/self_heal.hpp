// Getting over a token that its server does not take any more, though its time is not up: revoked
// behind our back, or the cluster was rebuilt. Clients do not say so; some ask again
// (H12, CACHE-6).
#pragma once

#include "src/base/clock.hpp"

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
struct Process;

// Replaces `obtained`, which came from a store, if it should not be handed out. If the process that
// asks was handed this very token a while ago, the server is asked whether it takes it; only a
// clear 401 drops it from every store and leases anew. Whatever goes wrong here, there is
// `obtained` to hand out. True if check_cached_token() should run in a process of its own, once the
// client has its token.
[[nodiscard]] bool heal(Assembly& assembly, const lease::LeaseRequest& request, const LeaseKey& key,
                        Obtained& obtained, const Process& process, Deadline deadline);

// Asks the server about the token that the stores have under the key, unless another call has just
// done so, and drops it from every store if it is refused. Nobody waits for it.
void check_cached_token(Assembly& assembly, const LeaseKey& key, const Process& process,
                        Deadline deadline);

// The same for a person, who wants to know now, about a token that came from a store. True if it
// was refused.
[[nodiscard]] bool drop_if_refused(Assembly& assembly, const LeaseKey& key,
                                   const Obtained& obtained, const Process& process,
                                   Deadline deadline);

// Remembers that the process that asks is handed this token, which was leased just now.
void note_handing(const ObtainParts& parts, const cache::CacheKey& key, const Obtained& obtained);

} // namespace leasehold::helper
