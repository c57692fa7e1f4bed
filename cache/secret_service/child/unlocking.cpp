#include "cache/secret_service/child/unlocking.hpp"

#include "cache/secret_service/child/faults.hpp"
#include "cache/secret_service/child/own_bus.hpp"
#include "src/base/error.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <glib-unix.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

constexpr const char* bus_name = "org.freedesktop.DBus";
constexpr const char* prompt_interface = "org.freedesktop.Secret.Prompt";
constexpr int call_limit = 2000;   // ms; what is over it is a daemon that hangs
constexpr int dismiss_limit = 500; // ms; nobody waits for the answer

struct Call {
    const char* path;
    const char* interface;
    const char* method;
    const char* reply; // the type of its answer; another one is an error
    int limit = call_limit;
};

struct Service {
    GDBusConnection* bus;
    std::string owner; // the unique name: no other program can step in between two calls
};

StoreResult<Variant> call(const Service& service, const Call& call, GVariant* arguments) {
    GErrorSlot error;
    Variant answer(g_dbus_connection_call_sync(
        service.bus, service.owner.c_str(), call.path, call.interface, call.method, arguments,
        G_VARIANT_TYPE(call.reply), G_DBUS_CALL_FLAGS_NO_AUTO_START, call.limit, nullptr,
        error.out()));
    if (answer)
        return answer;
    StoreError fault = to_store_error(error.get());
    if (fault.fault == StoreFault::timed_out)
        fault = {StoreFault::unavailable, "it fell silent"};
    return fault;
}

StoreResult<Service> find_service(GDBusConnection* bus) {
    const Service daemon{bus, bus_name};
    LEASEHOLD_TRY_ASSIGN(const Variant answer,
                         call(daemon, {"/org/freedesktop/DBus", bus_name, "GetNameOwner", "(s)"},
                              g_variant_new("(s)", "org.freedesktop.secrets")));
    const char* owner = nullptr;
    g_variant_get(answer.get(), "(&s)", &owner);
    return Service{bus, owner};
}

StoreResult<std::string> find_default_collection(const Service& service) {
    LEASEHOLD_TRY_ASSIGN(
        const Variant answer,
        call(service,
             {"/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "ReadAlias", "(o)"},
             g_variant_new("(s)", "default")));
    const char* path = nullptr;
    g_variant_get(answer.get(), "(&o)", &path);
    if (std::string_view(path) == "/")
        return StoreError{StoreFault::unavailable, "it has no default collection"};
    return std::string(path);
}

// The path of the prompt that unlocking takes; "/" if it takes none.
StoreResult<std::string> start_unlocking(const Service& service, const std::string& collection) {
    const char* const paths[] = {collection.c_str()};
    GVariant* objects = g_variant_new_objv(paths, 1);
    LEASEHOLD_TRY_ASSIGN(
        const Variant answer,
        call(service,
             {"/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "Unlock", "(aoo)"},
             g_variant_new("(@ao)", objects)));
    const char* prompt = nullptr;
    g_variant_get(answer.get(), "(@ao&o)", nullptr, &prompt);
    return std::string(prompt);
}

// One prompt from before it is shown until it is over.
class Prompt {
public:
    Prompt(const Service& service, std::string path)
        : service_(service), path_(std::move(path)), loop_(g_main_loop_new(nullptr, FALSE)) {
        completed_ = g_dbus_connection_signal_subscribe(
            service_.bus, service_.owner.c_str(), prompt_interface, "Completed", path_.c_str(),
            nullptr, G_DBUS_SIGNAL_FLAGS_NONE, on_completed, this, nullptr);
        vanished_ = g_dbus_connection_signal_subscribe(
            service_.bus, bus_name, bus_name, "NameOwnerChanged", nullptr, service_.owner.c_str(),
            G_DBUS_SIGNAL_FLAGS_NONE, on_vanished, this, nullptr);
        // Without it GLib would end us with SIGTERM when the bus goes.
        g_dbus_connection_set_exit_on_close(service_.bus, FALSE);
        closed_ = g_signal_connect(service_.bus, "closed", G_CALLBACK(on_closed), this);
    }
    ~Prompt() {
        g_dbus_connection_signal_unsubscribe(service_.bus, completed_);
        g_dbus_connection_signal_unsubscribe(service_.bus, vanished_);
        g_signal_handler_disconnect(service_.bus, closed_);
        g_main_loop_unref(loop_);
    }
    Prompt(const Prompt&) = delete;
    Prompt& operator=(const Prompt&) = delete;

    StoreResult<void> show(Milliseconds limit) {
        auto shown = call(service_, {path_.c_str(), prompt_interface, "Prompt", "()"},
                          g_variant_new("(s)", ""));
        if (!shown) {
            dismiss(); // it may stand all the same
            return std::move(shown).error();
        }
        const auto most = static_cast<guint>(limit.count());
        g_timeout_add(most, on_timeout, this);
        // The end of whoever asked for this, by Ctrl-C or otherwise.
        g_unix_fd_add(STDOUT_FILENO, static_cast<GIOCondition>(G_IO_HUP | G_IO_ERR), on_hang_up,
                      this);
        g_unix_signal_add(SIGTERM, on_signal, this);
        g_main_loop_run(loop_);
        if (stands_)
            dismiss();
        return outcome_;
    }

private:
    void end(bool stands, StoreResult<void> outcome) {
        if (g_main_loop_is_running(loop_) == FALSE)
            return; // the first end counts
        stands_ = stands;
        outcome_ = std::move(outcome);
        g_main_loop_quit(loop_);
    }
    void dismiss() {
        (void)call(service_, {path_.c_str(), prompt_interface, "Dismiss", "()", dismiss_limit},
                   nullptr);
    }

    static void on_completed(GDBusConnection*, const gchar*, const gchar*, const gchar*,
                             const gchar*, GVariant* result, gpointer self) {
        gboolean dismissed = TRUE;
        const bool sense = g_variant_is_of_type(result, G_VARIANT_TYPE("(bv)")) != FALSE;
        if (sense)
            g_variant_get(result, "(bv)", &dismissed, nullptr);
        StoreResult<void> outcome;
        if (!sense)
            outcome = StoreError{StoreFault::failed, "its prompt ended with nonsense"};
        else if (dismissed != FALSE)
            outcome = StoreError{StoreFault::locked, "the prompt was dismissed"};
        static_cast<Prompt*>(self)->end(!sense, std::move(outcome));
    }
    static void on_vanished(GDBusConnection*, const gchar*, const gchar*, const gchar*,
                            const gchar*, GVariant*, gpointer self) {
        static_cast<Prompt*>(self)->end(
            false, StoreError{StoreFault::unavailable, "it went away while its prompt stood"});
    }
    static void on_closed(GDBusConnection*, gboolean, GError*, gpointer self) {
        static_cast<Prompt*>(self)->end(
            false, StoreError{StoreFault::unavailable, "the session bus went away"});
    }
    static gboolean on_timeout(gpointer self) {
        static_cast<Prompt*>(self)->end(
            true, StoreError{StoreFault::locked, "nobody answered the prompt in time"});
        return G_SOURCE_REMOVE;
    }
    static gboolean on_signal(gpointer self) {
        static_cast<Prompt*>(self)->end(true, StoreError{StoreFault::locked, "it was interrupted"});
        return G_SOURCE_REMOVE;
    }
    static gboolean on_hang_up(gint, GIOCondition, gpointer self) { return on_signal(self); }

    const Service& service_;
    std::string path_;
    GMainLoop* loop_;
    guint completed_ = 0;
    guint vanished_ = 0;
    gulong closed_ = 0;
    bool stands_ = false;
    StoreResult<void> outcome_;
};

} // namespace

StoreResult<void> unlock_default_collection(Milliseconds limit) {
    LEASEHOLD_TRY_ASSIGN(const Object<GDBusConnection> bus, own_session_bus());
    LEASEHOLD_TRY_ASSIGN(const Service service, find_service(bus.get()));
    LEASEHOLD_TRY_ASSIGN(const std::string collection, find_default_collection(service));
    LEASEHOLD_TRY_ASSIGN(const std::string path, start_unlocking(service, collection));
    if (path == "/")
        return {};
    return Prompt(service, path).show(limit);
}

} // namespace leasehold::cache
