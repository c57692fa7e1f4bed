// Getting over a token that its server does not take any more, though its time is not up: revoked
// behind our back, or the cluster was rebuilt. Clients do not say so; some ask again
// (H12, CACHE-6).
#pragma once

#include "helper/leasing/obtain.hpp"
#include "src/lease/kubernetes/api/token_check.hpp"

namespace leasehold::helper {

class Assembly;
struct Process;

struct Healed {
    Obtained obtained;
    // Once the client has its token, check_cached_token() should run in a process of its own.
    bool check_behind = false;
};

// What to hand out instead of `obtained`, which came from a store. If the process that asks was
// handed this very token a while ago, the server is asked whether it takes it; only a clear 401
// drops it from every store and leases anew. Whatever goes wrong here, there is `obtained` to hand
// out.
[[nodiscard]] Healed heal(Assembly& assembly, const lease::LeaseRequest& request,
                          const LeaseKey& key, Obtained obtained, const Process& process,
                          Deadline deadline);

// Asks the server about the token that the stores have under the key, unless another call has just
// done so, and drops it from every store if it is refused. Nobody waits for it.
void check_cached_token(Assembly& assembly, const LeaseKey& key, const Process& process,
                        Deadline deadline);

// The same for a person, who wants to know now, about a token that came from a store.
[[nodiscard]] lease::TokenVerdict ask_about_token(Assembly& assembly, const LeaseKey& key,
                                                  const Obtained& obtained, const Process& process,
                                                  Deadline deadline);

// Remembers that the process that asks is handed this token, which was leased just now.
void note_handing(const ObtainParts& parts, const cache::CacheKey& key, const Obtained& obtained);

} // namespace leasehold::helper
