// Which stores work on this machine: for `doctor`, and for whoever leases where none does.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/providers/side/check_step.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::cache {
class TokenCache;
} // namespace leasehold::cache

namespace leasehold::helper {

// A step for each store that is used by default or named by the profiles (or by this one), and one
// that fails (ErrorCode::store) if a profile has no store that works. Makes nothing.
[[nodiscard]] std::vector<CheckStep> check_stores(const Process& process,
                                                  const std::optional<std::string>& profile);

// For stderr, if no store has taken what was saved last: why, and what to do. Else "".
[[nodiscard]] std::string not_kept_text(const cache::TokenCache& cache);

// The same before anything is saved, if none of these stores works. "" for "none".
[[nodiscard]] std::string no_store_text(const Process& process,
                                        const std::vector<std::string>& stores);

} // namespace leasehold::helper
