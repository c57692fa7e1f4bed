// When a login's token is renewed, and what a renewal tells of the next. The server says only how
// long the token lasts now: whether that is its period or its end shows when it is renewed again.
#pragma once

#include "src/lease/identity/session.hpp"

namespace leasehold::lease::vault {

// Whether a renewal may make `session` last longer for a use that needs it for `needed`.
[[nodiscard]] bool may_gain(const identity::Session& session, Seconds needed, UnixTime now);

// Writes into `renewed` what is known of the limit, when `asked` was wanted of the renewal.
void learn_limit(const identity::Session& before, Seconds asked, identity::Session& renewed);

} // namespace leasehold::lease::vault
