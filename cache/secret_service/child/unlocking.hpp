// The service's own prompt for unlocking, watched until its end whatever that is (SS-5).
#pragma once

#include "cache/store/store.hpp"

namespace leasehold::cache {

// Asks the service to unlock its default collection and shows the prompt it may want for that, for
// as long as `limit`; then, and if whoever reads our stdout has gone, the prompt is dismissed.
// Success means that the user agreed. StoreFault::locked: would not, or nobody answered;
// ::unavailable: the service went or fell silent, or has no default collection; ::failed: it
// talks nonsense.
[[nodiscard]] StoreResult<void> unlock_default_collection(Milliseconds limit);

} // namespace leasehold::cache
