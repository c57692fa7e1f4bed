// Where this user's session bus is, and that it is this user's: secrets go to no other (SS-8).
#pragma once

#include "cache/store/store.hpp"
#include "src/base/environment.hpp"

#include <string>

namespace leasehold::cache {

// The address to connect to, in D-Bus's form and with one socket in it. From
// DBUS_SESSION_BUS_ADDRESS, of which only unix: addresses are taken (others could name another
// machine or start a program); without it $XDG_RUNTIME_DIR/bus, then /run/user/UID/bus. The socket
// is connected to once, and whoever listens must run under our uid.
[[nodiscard]] StoreResult<std::string> find_session_bus(const Environment& environment);

} // namespace leasehold::cache
