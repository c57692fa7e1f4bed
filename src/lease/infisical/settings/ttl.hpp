// TTLs as Infisical writes them: the grammar of npm's `ms` 2.x, one number and one unit.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leasehold::lease::infisical {

// Whole milliseconds (rounded half up, towards the larger); without a unit the number is
// milliseconds already. Empty for what the server could not read, which it would take for a TTL
// without end ("1h30m"), and for negative ones.
[[nodiscard]] std::optional<Milliseconds> parse_ms(std::string_view text);

// The server asks the cluster for the whole seconds that remain, so that 10m becomes 599 s, below
// Kubernetes' floor of 600.
inline constexpr Seconds shortest_ttl{11 * 60};
inline constexpr Seconds longest_ttl{10LL * 365 * 24 * 3600};

// A TTL to send: "<n>s", or "" for none. Never 3607 s or, since the server asks for one second
// less, 3608 s, which API servers may take for the kubelet's and extend to a year.
[[nodiscard]] std::string wire_ttl(Seconds ttl);

// Checks a definition's TTL given in that grammar: 1 minute to 10 years.
[[nodiscard]] Result<Seconds> check_definition_ttl(std::string_view text, std::string_view what);

} // namespace leasehold::lease::infisical
