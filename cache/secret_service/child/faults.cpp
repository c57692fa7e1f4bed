#include "cache/secret_service/child/faults.hpp"

#include <libsecret/secret.h>

namespace leasehold::cache {
namespace {

StoreFault dbus_fault(int code) {
    switch (code) {
    case G_DBUS_ERROR_SERVICE_UNKNOWN:
    case G_DBUS_ERROR_NAME_HAS_NO_OWNER:
    case G_DBUS_ERROR_NO_SERVER:
    case G_DBUS_ERROR_DISCONNECTED:
    case G_DBUS_ERROR_SPAWN_EXEC_FAILED:
    case G_DBUS_ERROR_SPAWN_FORK_FAILED:
    case G_DBUS_ERROR_SPAWN_CHILD_EXITED:
    case G_DBUS_ERROR_SPAWN_CHILD_SIGNALED:
    case G_DBUS_ERROR_SPAWN_FAILED:
    case G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND:
    case G_DBUS_ERROR_UNKNOWN_METHOD: // somebody owns the name who is no Secret Service
    case G_DBUS_ERROR_UNKNOWN_INTERFACE:
        return StoreFault::unavailable;
    case G_DBUS_ERROR_TIMEOUT:
    case G_DBUS_ERROR_TIMED_OUT:
        return StoreFault::timed_out;
    case G_DBUS_ERROR_ACCESS_DENIED:
    case G_DBUS_ERROR_AUTH_FAILED:
        return StoreFault::refused;
    default:
        return StoreFault::failed;
    }
}

StoreFault fault_of(const GError* error) {
    if (g_error_matches(error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
        return StoreFault::locked;
    if (error->domain == G_DBUS_ERROR)
        return dbus_fault(error->code);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        return StoreFault::timed_out;
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CLOSED) ||
        g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
        g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
        return StoreFault::unavailable;
    return StoreFault::failed;
}

} // namespace

StoreError to_store_error(const GError* error) {
    if (error == nullptr)
        return {StoreFault::failed, "it failed without saying why"};
    // Said by the bus daemon, which itself never runs out of patience.
    if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
        return {StoreFault::unavailable, "it went away instead of answering"};
    return {fault_of(error), error->message};
}

} // namespace leasehold::cache
