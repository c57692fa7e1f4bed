// A Secret Service that works, with one collection in memory, and does wrong what it is told to:
//   scripted_secret_service LOG [METHOD=FAULT | prompt=OUTCOME | delay=MS | quirk=NAME]...
// LOG gets a line per call: the method's name. The faults, quirks and the lock on the collection
// count from when the file LOG.armed exists.
//   METHOD  OpenSession SearchItems GetSecret CreateItem Unlock ReadAlias Get Delete Prompt
//   FAULT   silent error locked nosuch type empty huge disconnect path
//   OUTCOME accept dismiss never vanish malformed lie; with any of them the collection is locked
//   quirk   attributes, wrong-key, wrong-key-once, hidden
#include "tests/contract/scripted_session.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <gio/gio.h>
#include <unistd.h>

namespace {

using leasehold::test::ScriptedSession;
using Attributes = std::map<std::string, std::string>;

const std::string root = "/org/freedesktop/secrets";
const std::string collection = root + "/collection/scripted";
const std::string prompt_path = root + "/prompt/p1";

struct Item {
    std::string path;
    Attributes attributes;
    std::string secret;
};

// One thread of GDBus's calls the filter; the thread of a prompt touches nothing but `unlocked`.
struct Service {
    std::string log;
    std::map<std::string, std::string> script;
    std::vector<Item> items;
    std::vector<ScriptedSession> sessions;
    int created = 0;
    bool unlocked = false;
    bool spoiled_once = false;

    [[nodiscard]] std::string told(const std::string& what) const {
        const auto found = script.find(what);
        return found == script.end() ? "" : found->second;
    }
    [[nodiscard]] bool armed() const { return ::access((log + ".armed").c_str(), F_OK) == 0; }
    [[nodiscard]] bool locked() const { return armed() && !told("prompt").empty() && !unlocked; }
    [[nodiscard]] bool quirk(const char* name) const { return armed() && told("quirk") == name; }
};

void send(GDBusConnection* bus, GDBusMessage* message) {
    g_dbus_connection_send_message(bus, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, nullptr, nullptr);
    g_object_unref(message);
}

void reply(GDBusConnection* bus, GDBusMessage* call, GVariant* body) {
    GDBusMessage* message = g_dbus_message_new_method_reply(call);
    if (body != nullptr)
        g_dbus_message_set_body(message, body);
    send(bus, message);
}

void reply_error(GDBusConnection* bus, GDBusMessage* call, const char* name) {
    send(bus, g_dbus_message_new_method_error_literal(call, name, "as the script says"));
}

GVariant* paths(const std::vector<std::string>& all) {
    GVariantBuilder builder;
    g_variant_builder_init(&builder, G_VARIANT_TYPE("ao"));
    for (const std::string& path : all)
        g_variant_builder_add(&builder, "o", path.c_str());
    return g_variant_builder_end(&builder);
}

Attributes read_attributes(GVariant* dictionary) {
    Attributes all;
    GVariantIter at;
    const char* name = nullptr;
    const char* value = nullptr;
    g_variant_iter_init(&at, dictionary);
    while (g_variant_iter_loop(&at, "{&s&s}", &name, &value) != FALSE)
        all[name] = value;
    return all;
}

GVariant* attribute_dictionary(const Service& service, const Item& item) {
    GVariantBuilder builder;
    g_variant_builder_init(&builder, G_VARIANT_TYPE("a{ss}"));
    for (const auto& [name, value] : item.attributes)
        g_variant_builder_add(&builder, "{ss}", name.c_str(), value.c_str());
    if (service.quirk("attributes"))
        for (const char* name : {"Title", "UserName", "URL", "Notes", "Path", "Uuid"})
            g_variant_builder_add(&builder, "{ss}", name, "as KeePassXC shows it");
    return g_variant_builder_end(&builder);
}

bool matches(const Attributes& wanted, const Item& item) {
    for (const auto& [name, value] : wanted)
        if (const auto found = item.attributes.find(name);
            found == item.attributes.end() || found->second != value)
            return false;
    return true;
}

std::vector<std::string> found_items(const Service& service, const Attributes& wanted) {
    std::vector<std::string> found;
    for (const Item& item : service.items)
        if (matches(wanted, item))
            found.push_back(item.path);
    return found;
}

Item* item_at(Service& service, const std::string& path) {
    for (Item& item : service.items)
        if (item.path == path)
            return &item;
    return nullptr;
}

GVariant* sealed(Service& service, const std::string& session_path, const std::string& secret) {
    for (ScriptedSession& session : service.sessions)
        if (session.path() == session_path) {
            const bool once = service.quirk("wrong-key-once") && !service.spoiled_once;
            service.spoiled_once = service.spoiled_once || once;
            return session.seal(secret, once || service.quirk("wrong-key"));
        }
    return nullptr;
}

GVariant* properties(const Service& service, const Item* item) {
    GVariantBuilder all;
    g_variant_builder_init(&all, G_VARIANT_TYPE("a{sv}"));
    const auto add = [&](const char* name, GVariant* value) {
        g_variant_builder_add(&all, "{sv}", name, value);
    };
    add("Collections", paths({collection}));
    add("Items", paths(found_items(service, {})));
    add("Label", g_variant_new_string("leasehold token"));
    add("Locked", g_variant_new_boolean(service.locked() ? TRUE : FALSE));
    add("Created", g_variant_new_uint64(1));
    add("Modified", g_variant_new_uint64(1));
    if (item != nullptr)
        add("Attributes", attribute_dictionary(service, *item));
    return g_variant_builder_end(&all);
}

void complete(GDBusConnection* bus, const char* malformed, gboolean dismissed) {
    GVariant* body = malformed != nullptr ? g_variant_new("(s)", malformed)
                                          : g_variant_new("(bv)", dismissed, paths({collection}));
    g_dbus_connection_emit_signal(bus, nullptr, prompt_path.c_str(),
                                  "org.freedesktop.Secret.Prompt", "Completed", body, nullptr);
    g_dbus_connection_flush_sync(bus, nullptr, nullptr);
}

void answer_prompt(Service& service, GDBusConnection* bus) {
    const std::string outcome = service.told("prompt");
    const int delay = std::atoi(service.told("delay").c_str());
    std::thread([&service, bus, outcome, delay] {
        std::this_thread::sleep_for(std::chrono::milliseconds(delay));
        if (outcome == "vanish") {
            g_dbus_connection_flush_sync(bus, nullptr, nullptr);
            ::_exit(0);
        }
        if (outcome == "accept")
            service.unlocked = true;
        if (outcome == "accept" || outcome == "lie" || outcome == "dismiss")
            complete(bus, nullptr, outcome == "dismiss" ? TRUE : FALSE);
        if (outcome == "malformed")
            complete(bus, "neither yes nor no", FALSE);
    }).detach();
}

GVariant* open_session(Service& service, GVariant* body) {
    const char* algorithm = nullptr;
    GVariant* peer = nullptr;
    g_variant_get(body, "(&sv)", &algorithm, &peer);
    gsize size = 0;
    const auto* bytes = static_cast<const unsigned char*>(
        g_variant_get_fixed_array(peer, &size, sizeof(unsigned char)));
    service.sessions.emplace_back(root + "/session/s" + std::to_string(service.sessions.size()),
                                  std::string(bytes, bytes + size));
    const ScriptedSession& session = service.sessions.back();
    g_variant_unref(peer);
    return g_variant_new("(vo)", session.public_key(), session.path().c_str());
}

GVariant* create_item(Service& service, GVariant* body) {
    GVariant* described = g_variant_get_child_value(body, 0);
    GVariant* attributes = g_variant_lookup_value(
        described, "org.freedesktop.Secret.Item.Attributes", G_VARIANT_TYPE("a{ss}"));
    GVariant* secret = g_variant_get_child_value(body, 1);
    const char* session_path = nullptr;
    g_variant_get_child(secret, 0, "&o", &session_path);
    Item item{collection + "/i" + std::to_string(++service.created), read_attributes(attributes),
              ""};
    for (const ScriptedSession& session : service.sessions)
        if (session.path() == session_path)
            item.secret = session.open(secret);
    std::erase_if(service.items,
                  [&](const Item& old) { return old.attributes == item.attributes; });
    service.items.push_back(item);
    for (GVariant* used : {described, attributes, secret})
        g_variant_unref(used);
    return g_variant_new("(oo)", item.path.c_str(), "/");
}

GVariant* search(const Service& service, GVariant* body) {
    GVariant* wanted = g_variant_get_child_value(body, 0);
    const auto found = found_items(service, read_attributes(wanted));
    g_variant_unref(wanted);
    const std::vector<std::string> none;
    if (service.locked() && service.told("quirk") == "hidden")
        return g_variant_new("(@ao@ao)", paths(none), paths(none));
    return g_variant_new("(@ao@ao)", paths(service.locked() ? none : found),
                         paths(service.locked() ? found : none));
}

// Null for what it does not know.
GVariant* work(Service& service, const std::string& method, const std::string& path,
               GVariant* body) {
    if (method == "OpenSession")
        return open_session(service, body);
    if (method == "SearchItems")
        return search(service, body);
    if (method == "ReadAlias")
        return g_variant_new("(o)", collection.c_str());
    if (method == "GetAll")
        return g_variant_new("(@a{sv})", properties(service, item_at(service, path)));
    if (method == "CreateItem" && !service.locked())
        return create_item(service, body);
    if (method == "Unlock")
        return service.locked() ? g_variant_new("(@aoo)", paths({}), prompt_path.c_str())
                                : g_variant_new("(@aoo)", paths({collection}), "/");
    if (method == "Prompt" || method == "Dismiss" || method == "Close")
        return g_variant_new("()");
    const Item* item = item_at(service, path);
    if (item == nullptr || service.locked())
        return nullptr;
    if (method == "GetSecret") {
        const char* session = nullptr;
        g_variant_get(body, "(&o)", &session);
        GVariant* secret = sealed(service, session, item->secret);
        return secret == nullptr ? nullptr : g_variant_new("(@(oayays))", secret);
    }
    if (method == "Delete") {
        std::erase_if(service.items, [&](const Item& one) { return one.path == path; });
        return g_variant_new("(o)", "/");
    }
    return nullptr;
}

GVariant* huge_answer(Service& service, const std::string& method, GVariant* body) {
    const std::string much(16U << 20U, 'x');
    if (method == "SearchItems") {
        std::vector<std::string> many;
        for (int i = 0; i < 20'000; ++i)
            many.push_back("/no/where/" + std::to_string(i));
        return g_variant_new("(@ao@ao)", paths(many), paths({}));
    }
    if (method == "GetSecret") {
        const char* session = nullptr;
        g_variant_get(body, "(&o)", &session);
        if (GVariant* secret = sealed(service, session, much))
            return g_variant_new("(@(oayays))", secret);
    }
    return g_variant_new("(s)", much.c_str());
}

GVariant* astray(const std::string& method) {
    const char* path = "/no/where";
    if (method == "SearchItems")
        return g_variant_new("(@ao@ao)", paths({path}), paths({path}));
    if (method == "Unlock")
        return g_variant_new("(@aoo)", paths({path}), path);
    if (method == "CreateItem")
        return g_variant_new("(oo)", path, path);
    if (method == "OpenSession")
        return g_variant_new("(vo)", g_variant_new_string(path), path);
    return g_variant_new("(o)", path);
}

void misbehave(Service& service, const std::string& fault, GDBusConnection* bus,
               GDBusMessage* call) {
    const std::string method = g_dbus_message_get_member(call);
    if (fault == "disconnect")
        ::_exit(0);
    if (fault == "error")
        reply_error(bus, call, "org.freedesktop.DBus.Error.Failed");
    if (fault == "locked")
        reply_error(bus, call, "org.freedesktop.Secret.Error.IsLocked");
    if (fault == "nosuch")
        reply_error(bus, call, "org.freedesktop.Secret.Error.NoSuchObject");
    if (fault == "type")
        reply(bus, call, g_variant_new("(si)", "not what you expected", 7));
    if (fault == "empty")
        reply(bus, call, nullptr);
    if (fault == "huge")
        reply(bus, call, huge_answer(service, method, g_dbus_message_get_body(call)));
    if (fault == "path")
        reply(bus, call, astray(method));
}

std::string fault_of(const Service& service, const std::string& method) {
    if (!service.armed())
        return "";
    if (method == "GetAll")
        return service.told("Get");
    return service.told(method == "GetSecrets" ? "GetSecret" : method);
}

GDBusMessage* filter(GDBusConnection* bus, GDBusMessage* message, gboolean incoming,
                     gpointer data) {
    auto& service = *static_cast<Service*>(data);
    const char* interface = g_dbus_message_get_interface(message);
    if (incoming == FALSE ||
        g_dbus_message_get_message_type(message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL ||
        interface == nullptr || std::string(interface) == "org.freedesktop.DBus.Peer")
        return message;
    const std::string method = g_dbus_message_get_member(message);
    std::ofstream(service.log, std::ios::app) << method << '\n';
    if (const std::string fault = fault_of(service, method); !fault.empty()) {
        misbehave(service, fault, bus, message);
    } else if (GVariant* body = work(service, method, g_dbus_message_get_path(message),
                                     g_dbus_message_get_body(message))) {
        reply(bus, message, body);
        if (method == "Prompt")
            answer_prompt(service, bus); // its outcome never comes before its answer
    } else {
        reply_error(bus, message,
                    service.locked() ? "org.freedesktop.Secret.Error.IsLocked"
                                     : "org.freedesktop.DBus.Error.UnknownMethod");
    }
    g_object_unref(message);
    return nullptr;
}

} // namespace

int main(int argc, char** argv) {
    Service service;
    if (argc < 2)
        return 2;
    service.log = argv[1];
    for (int i = 2; i < argc; ++i) {
        const std::string word = argv[i];
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos)
            return 2;
        service.script[word.substr(0, equals)] = word.substr(equals + 1);
    }
    GError* error = nullptr;
    GDBusConnection* bus = g_bus_get_sync(G_BUS_TYPE_SESSION, nullptr, &error);
    if (bus == nullptr) {
        std::fprintf(stderr, "scripted_secret_service: %s\n", error->message);
        return 1;
    }
    g_dbus_connection_add_filter(bus, filter, &service, nullptr);
    g_bus_own_name_on_connection(bus, "org.freedesktop.secrets", G_BUS_NAME_OWNER_FLAGS_NONE,
                                 nullptr, nullptr, nullptr, nullptr);
    g_main_loop_run(g_main_loop_new(nullptr, FALSE));
    return 0;
}
