// A Secret Service that misbehaves, for the tests of the store: fake_secret_service MODE.
//   silent     takes every call and never answers
//   malformed  answers every call with values of the wrong types
//   plain      offers no encrypted session
#include <cstdio>
#include <string>

#include <gio/gio.h>

namespace {

struct Fake {
    std::string mode;
    GMainLoop* loop = nullptr;
};

void reply(GDBusConnection* bus, GDBusMessage* call, GVariant* body) {
    GDBusMessage* message = g_dbus_message_new_method_reply(call);
    g_dbus_message_set_body(message, body);
    g_dbus_connection_send_message(bus, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, nullptr, nullptr);
    g_object_unref(message);
}

void reply_error(GDBusConnection* bus, GDBusMessage* call, const char* name) {
    GDBusMessage* message = g_dbus_message_new_method_error_literal(call, name, "fake");
    g_dbus_connection_send_message(bus, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, nullptr, nullptr);
    g_object_unref(message);
}

// As far as a client comes that takes an unencrypted session.
void act_plain(GDBusConnection* bus, GDBusMessage* call) {
    const char* algorithm = nullptr;
    if (std::string(g_dbus_message_get_member(call)) == "OpenSession")
        g_variant_get_child(g_dbus_message_get_body(call), 0, "&s", &algorithm);
    if (algorithm != nullptr && std::string(algorithm) == "plain")
        reply(bus, call, g_variant_new_parsed("(<''>, objectpath '/org/freedesktop/secrets/s')"));
    else
        reply_error(bus, call, "org.freedesktop.DBus.Error.NotSupported");
}

GDBusMessage* filter(GDBusConnection* bus, GDBusMessage* message, gboolean incoming,
                     gpointer data) {
    const auto& fake = *static_cast<const Fake*>(data);
    const char* interface = g_dbus_message_get_interface(message);
    if (incoming == FALSE ||
        g_dbus_message_get_message_type(message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL ||
        interface == nullptr || std::string(interface) == "org.freedesktop.DBus.Peer")
        return message;
    if (fake.mode == "malformed")
        reply(bus, message, g_variant_new("(si)", "not what you expected", 7));
    else if (fake.mode != "silent")
        act_plain(bus, message);
    g_object_unref(message);
    return nullptr;
}

} // namespace

int main(int argc, char** argv) {
    Fake fake{argc > 1 ? argv[1] : "silent", g_main_loop_new(nullptr, FALSE)};
    GError* error = nullptr;
    GDBusConnection* bus = g_bus_get_sync(G_BUS_TYPE_SESSION, nullptr, &error);
    if (bus == nullptr) {
        std::fprintf(stderr, "fake_secret_service: %s\n", error->message);
        return 1;
    }
    g_dbus_connection_add_filter(bus, filter, &fake, nullptr);
    g_bus_own_name_on_connection(bus, "org.freedesktop.secrets", G_BUS_NAME_OWNER_FLAGS_NONE,
                                 nullptr, nullptr, nullptr, nullptr);
    g_main_loop_run(fake.loop);
    return 0;
}
