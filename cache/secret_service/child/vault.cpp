#include "cache/secret_service/child/vault.hpp"

#include "cache/secret_service/child/faults.hpp"
#include "cache/secret_service/child/own_bus.hpp"
#include "cache/secret_service/child/quiet_service.hpp"
#include "src/base/error.hpp"

#include <ctime>

namespace leasehold::cache {
namespace {

constexpr const char* bus_name = "org.freedesktop.secrets";
constexpr const char* label = "leasehold token"; // without names: anybody can read labels
constexpr const char* content_type = "text/plain";
constexpr std::string_view encrypted = "dh-ietf1024-sha256-aes128-cbc-pkcs7";
// A collection with more entries of ours than this is damaged; the time would run out.
constexpr std::size_t most_entries = 500;

// SECRET_SCHEMA_NONE: the schema's name is an attribute too and is matched.
const SecretSchema schema = {"org.leasehold.Token",
                             SECRET_SCHEMA_NONE,
                             {{"app", SECRET_SCHEMA_ATTRIBUTE_STRING},
                              {"v", SECRET_SCHEMA_ATTRIBUTE_STRING},
                              {"key", SECRET_SCHEMA_ATTRIBUTE_STRING},
                              {nullptr, SECRET_SCHEMA_ATTRIBUTE_STRING}},
                             0,
                             nullptr,
                             nullptr,
                             nullptr,
                             nullptr,
                             nullptr,
                             nullptr,
                             nullptr};

// Of all entries of ours if the digest is empty.
Table attributes_for(const std::string& digest) {
    Table table(g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free));
    g_hash_table_insert(table.get(), g_strdup("app"), g_strdup("leasehold"));
    g_hash_table_insert(table.get(), g_strdup("v"), g_strdup("1"));
    if (!digest.empty())
        g_hash_table_insert(table.get(), g_strdup("key"), g_strdup(digest.c_str()));
    return table;
}

template <class Visit>
void for_each_item(const ObjectList& items, Visit visit) {
    std::size_t seen = 0;
    for (GList* at = items.get(); at != nullptr && seen < most_entries; at = at->next, ++seen)
        visit(SECRET_ITEM(at->data));
}

} // namespace

StoreResult<Vault> Vault::open() {
    LEASEHOLD_TRY(own_session_bus());
    GErrorSlot error;
    Object<SecretService> service(secret_service_open_sync(
        quiet_service_type(), bus_name, SECRET_SERVICE_OPEN_SESSION, nullptr, error.out()));
    if (!service)
        return to_store_error(error.get());
    const char* algorithms = secret_service_get_session_algorithms(service.get());
    if (algorithms == nullptr || algorithms != encrypted)
        return StoreError{StoreFault::refused, "it offers no encrypted session"};
    return Vault(std::move(service));
}

std::optional<OwnItem> Vault::load(SecretItem* item) {
    GErrorSlot error;
    if (secret_item_load_secret_sync(item, nullptr, error.out()) == FALSE) {
        met_spoiled_item_ = true;
        return std::nullopt;
    }
    const Value value(secret_item_get_secret(item));
    gsize size = 0;
    const char* bytes = value ? secret_value_get(value.get(), &size) : nullptr;
    if (bytes == nullptr || size > stored_entry_limit)
        return std::nullopt;
    auto entry = decode_entry({bytes, size});
    if (!entry)
        return std::nullopt;
    return OwnItem{*std::move(entry), Secret({bytes, size})};
}

StoreResult<ObjectList> Vault::search(const std::string& digest) {
    GErrorSlot error;
    const Table attributes = attributes_for(digest);
    // Without SECRET_SEARCH_UNLOCK: locked items come as they are.
    ObjectList items(secret_service_search_sync(service_.get(), &schema, attributes.get(),
                                                SECRET_SEARCH_ALL, nullptr, error.out()));
    if (error.get() != nullptr)
        return to_store_error(error.get());
    return items;
}

StoreResult<Object<SecretCollection>> Vault::default_collection() {
    GErrorSlot error;
    Object<SecretCollection> collection(secret_collection_for_alias_sync(
        service_.get(), SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, nullptr, error.out()));
    if (error.get() != nullptr)
        return to_store_error(error.get());
    if (!collection)
        return StoreError{StoreFault::unavailable, "it has no default collection"};
    if (secret_collection_get_locked(collection.get()) != FALSE)
        return StoreError{StoreFault::locked, "its default collection is locked"};
    return collection;
}

// "Nothing found" is only true if the place where it would be is open to us (F16).
StoreResult<void> Vault::check_nothing_is_hidden() {
    LEASEHOLD_TRY(default_collection());
    return {};
}

StoreResult<std::vector<Secret>> Vault::get(const std::string& digest) {
    LEASEHOLD_TRY_ASSIGN(const ObjectList items, search(digest));
    std::vector<Secret> newest;
    guint64 newest_time = 0;
    bool locked = false;
    for_each_item(items, [&](SecretItem* item) {
        if (secret_item_get_locked(item) != FALSE) {
            locked = true;
            return;
        }
        auto own = load(item);
        const guint64 time = secret_item_get_modified(item);
        if (!own || own->entry.digest != digest || (!newest.empty() && time < newest_time))
            return;
        newest.clear();
        newest.push_back(std::move(own->text));
        newest_time = time;
    });
    if (!newest.empty())
        return newest;
    if (locked)
        return StoreError{StoreFault::locked, "the entry is locked"};
    LEASEHOLD_TRY(check_nothing_is_hidden());
    return newest;
}

StoreResult<void> Vault::put(const std::string& digest, const Secret& text) {
    LEASEHOLD_TRY_ASSIGN(const Object<SecretCollection> collection, default_collection());
    GErrorSlot error;
    const Table attributes = attributes_for(digest);
    const Value value(
        secret_value_new(text.reveal().data(), static_cast<gssize>(text.size()), content_type));
    const Object<SecretItem> item(
        secret_item_create_sync(collection.get(), &schema, attributes.get(), label, value.get(),
                                SECRET_ITEM_CREATE_REPLACE, nullptr, error.out()));
    if (!item)
        return to_store_error(error.get());
    // Not compared with ours: another process may have put its own right after us.
    LEASEHOLD_TRY_ASSIGN(const auto kept, get(digest));
    if (kept.empty())
        return StoreError{StoreFault::refused, "it did not keep what it was given"};
    return {};
}

StoreResult<std::size_t> Vault::remove(const std::string& digest) {
    LEASEHOLD_TRY_ASSIGN(const ObjectList items, search(digest));
    std::size_t count = 0;
    StoreResult<void> outcome;
    for_each_item(items, [&](SecretItem* item) {
        GErrorSlot error;
        if (secret_item_get_locked(item) != FALSE)
            outcome = StoreError{StoreFault::locked, "an entry is locked"};
        else if (secret_item_delete_sync(item, nullptr, error.out()) == FALSE)
            outcome = to_store_error(error.get());
        else
            ++count;
    });
    LEASEHOLD_TRY(outcome);
    return count;
}

StoreResult<void> Vault::erase(const std::string& digest) {
    LEASEHOLD_TRY_ASSIGN(const std::size_t count, remove(digest));
    if (count == 0)
        LEASEHOLD_TRY(check_nothing_is_hidden());
    return {};
}

StoreResult<std::vector<Secret>> Vault::list() {
    LEASEHOLD_TRY_ASSIGN(const ObjectList items, search(""));
    std::vector<Secret> all;
    for_each_item(items, [&](SecretItem* item) {
        if (secret_item_get_locked(item) != FALSE)
            return;
        auto own = load(item);
        if (own && own->entry.ended(::time(nullptr)))
            (void)secret_item_delete_sync(item, nullptr, nullptr);
        else if (own)
            all.push_back(std::move(own->text));
    });
    if (all.empty())
        LEASEHOLD_TRY(check_nothing_is_hidden());
    return all;
}

StoreResult<std::vector<Secret>> Vault::find(const std::string& service,
                                             const std::string& username) {
    const Table attributes(g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free));
    g_hash_table_insert(attributes.get(), g_strdup("service"), g_strdup(service.c_str()));
    g_hash_table_insert(attributes.get(), g_strdup("username"), g_strdup(username.c_str()));
    GErrorSlot error;
    // Without a schema: the programs that write these know none.
    const ObjectList items(secret_service_search_sync(service_.get(), nullptr, attributes.get(),
                                                      SECRET_SEARCH_ALL, nullptr, error.out()));
    if (error.get() != nullptr)
        return to_store_error(error.get());
    std::vector<Secret> newest;
    guint64 newest_time = 0;
    bool locked = false;
    for_each_item(items, [&](SecretItem* item) {
        locked = locked || secret_item_get_locked(item) != FALSE;
        const guint64 time = secret_item_get_modified(item);
        if (secret_item_get_locked(item) != FALSE || (!newest.empty() && time < newest_time) ||
            secret_item_load_secret_sync(item, nullptr, nullptr) == FALSE)
            return;
        const Value value(secret_item_get_secret(item));
        gsize size = 0;
        const char* bytes = value ? secret_value_get(value.get(), &size) : nullptr;
        if (bytes == nullptr || size > stored_entry_limit)
            return;
        newest.clear();
        newest.emplace_back(std::string_view(bytes, size));
        newest_time = time;
    });
    if (newest.empty() && locked)
        return StoreError{StoreFault::locked, "the entry is locked"};
    if (newest.empty())
        LEASEHOLD_TRY(check_nothing_is_hidden());
    return newest;
}

StoreResult<std::size_t> Vault::clear() {
    LEASEHOLD_TRY_ASSIGN(const std::size_t count, remove(""));
    if (count == 0)
        LEASEHOLD_TRY(check_nothing_is_hidden());
    return count;
}

} // namespace leasehold::cache
