// GLib's reference counts as RAII.
#pragma once

#include <libsecret/secret.h>

#include <memory>

namespace leasehold::cache {

struct Unref {
    void operator()(gpointer object) const { g_object_unref(object); }
};
template <class T>
using Object = std::unique_ptr<T, Unref>;

struct FreeList {
    void operator()(GList* list) const { g_list_free_full(list, g_object_unref); }
};
using ObjectList = std::unique_ptr<GList, FreeList>;

struct UnrefTable {
    void operator()(GHashTable* table) const { g_hash_table_unref(table); }
};
using Table = std::unique_ptr<GHashTable, UnrefTable>;

struct UnrefValue {
    void operator()(SecretValue* value) const { secret_value_unref(value); }
};
using Value = std::unique_ptr<SecretValue, UnrefValue>;

struct UnrefVariant {
    void operator()(GVariant* variant) const { g_variant_unref(variant); }
};
using Variant = std::unique_ptr<GVariant, UnrefVariant>;

// Collects the GError of one call, which writes it through out().
class GErrorSlot {
public:
    GErrorSlot() = default;
    ~GErrorSlot() { g_clear_error(&error_); }
    GErrorSlot(const GErrorSlot&) = delete;
    GErrorSlot& operator=(const GErrorSlot&) = delete;

    [[nodiscard]] GError** out() { return &error_; }
    [[nodiscard]] const GError* get() const { return error_; }

private:
    GError* error_ = nullptr;
};

} // namespace leasehold::cache
