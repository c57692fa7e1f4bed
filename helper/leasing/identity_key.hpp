// The key of the digests that stand for secrets in cache keys: random, this user's, and never off
// this machine, so that a digest tells nobody anything.
#pragma once

#include <string>

namespace leasehold::helper {

// Reads `state_directory`/identity-key, which the first call makes (0600). Of callers at the same
// time all get the same. Where nothing can be kept, the machine's own identity stands in.
[[nodiscard]] std::string identity_key(const std::string& state_directory);

} // namespace leasehold::helper
