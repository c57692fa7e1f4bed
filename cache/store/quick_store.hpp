// A store that the front asks by itself. Beside leases it keeps the clearances that let the front
// do so (cache/notes/clearance.hpp); they are no entries of the store: never listed nor counted.
#pragma once

#include "cache/store/store.hpp"

#include <optional>
#include <string_view>

namespace leasehold::cache {

enum class EntryKind {
    lease,
    clearance,
    spare, // an entry like a lease, which gives way to those (CacheKey::is_spare)
};

[[nodiscard]] inline EntryKind kind_of(const CacheKey& key) {
    return key.is_spare() ? EntryKind::spare : EntryKind::lease;
}

class QuickStore : public TokenStore {
public:
    // As get(), by the key's digest or the clearance's.
    [[nodiscard]] virtual StoreResult<std::optional<Secret>> read(EntryKind kind,
                                                                  std::string_view digest) = 0;
    // As put(). To make room for a clearance the lease `spared`, without which it would be worth
    // nothing, never goes.
    [[nodiscard]] virtual StoreResult<void> write(EntryKind kind, std::string_view digest,
                                                  const Secret& bytes, Seconds life,
                                                  std::string_view spared) = 0;

    // What is no entry: every clearance, so that the next call for each takes the long way once,
    // and the count of what gave way.
    [[nodiscard]] virtual StoreResult<void> forget_notes() = 0;

    StoreResult<std::optional<Secret>> get(const CacheKey& key) final {
        return read(kind_of(key), key.digest_hex());
    }
    StoreResult<void> put(const CacheKey& key, const Secret& bytes, Seconds life) final {
        return write(kind_of(key), key.digest_hex(), bytes, life, {});
    }
};

} // namespace leasehold::cache
