// What a failed lease depended on beyond its key: a call under other circumstances is not told of
// the failure, but tries.
#pragma once

#include <string>

namespace leasehold {
class Environment;
} // namespace leasehold

namespace leasehold::lease::identity {
struct Asker;
} // namespace leasehold::lease::identity

namespace leasehold::helper {

// A digest, under `digest_key`, of the way to the server that the environment names (proxies, CAs)
// and of what decides who asks, as it stands now: its files' identities and its variables, those
// that its plugin gets included.
[[nodiscard]] std::string failure_circumstances(const Environment& environment,
                                                const lease::identity::Asker& asker,
                                                const std::string& digest_key);

} // namespace leasehold::helper
