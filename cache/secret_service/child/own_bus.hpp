// The session bus, if it is this user's.
#pragma once

#include "cache/secret_service/child/gobject.hpp"
#include "cache/store/store.hpp"

namespace leasehold::cache {

// Connects to the session bus. StoreFault::refused if it is no socket or its daemon runs under
// another uid (SS-8). Can hang: whoever runs this program ends it.
[[nodiscard]] StoreResult<Object<GDBusConnection>> own_session_bus();

} // namespace leasehold::cache
