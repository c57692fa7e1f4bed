#include "cache/secret_service/child/own_bus.hpp"

#include "cache/secret_service/child/faults.hpp"

#include <unistd.h>

namespace leasehold::cache {

StoreResult<Object<GDBusConnection>> own_session_bus() {
    GErrorSlot error;
    Object<GDBusConnection> bus(g_bus_get_sync(G_BUS_TYPE_SESSION, nullptr, error.out()));
    if (!bus)
        return to_store_error(error.get());
    GIOStream* stream = g_dbus_connection_get_stream(bus.get());
    if (!G_IS_SOCKET_CONNECTION(stream))
        return StoreError{StoreFault::refused, "the session bus is no socket"};
    GSocket* socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream));
    const Object<GCredentials> peer(g_socket_get_credentials(socket, error.out()));
    if (!peer || g_credentials_get_unix_user(peer.get(), nullptr) != ::geteuid())
        return StoreError{StoreFault::refused, "the session bus is not ours"};
    return bus;
}

} // namespace leasehold::cache
