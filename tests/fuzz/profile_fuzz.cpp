// A profile's file, of every provider.
#include "src/lease/profile/profile.hpp"
#include "tests/fuzz/fuzzed.hpp"

using namespace leasehold;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto profile = lease::parse_profile(
        fuzz::text_of(data, size), "dev", "/home/user/.config/leasehold/dev.yaml", "/home/user");
    fuzz::require_safe(profile);
    if (!profile)
        return 0;
    fuzz::require(profile->kind != nullptr, "a profile has a provider");
    fuzz::require(profile->cluster.server.scheme == "https", "tokens go over TLS alone");
    fuzz::require(!profile->cluster.server.host.empty(), "and to somebody");
    fuzz::require(profile->ttl >= Seconds(0) && profile->max_ttl > Seconds(0),
                  "times are positive");
    fuzz::require(profile->deadline >= lease::shortest_deadline &&
                      profile->deadline <= lease::longest_deadline,
                  "the deadline is within its limits");
    fuzz::require(!profile->stores.empty(), "a profile has stores");
    (void)lease::ttl_text(*profile);
    return 0;
}
