#include "cache/token_cache.hpp"

#include <utility>

namespace leasehold::cache {

TokenCache::TokenCache(std::vector<std::unique_ptr<TokenStore>> stores, const Clock& clock)
    : clock_(clock), boot_id_(clock.boot_id()), machine_(machine_identity()) {
    for (auto& store : stores)
        slots_.push_back({std::move(store)});
}

std::optional<Hit> TokenCache::find(const CacheKey& key) {
    for (Slot& slot : slots_)
        if (auto hit = look(slot, key); hit && hit->judgement.freshness != Freshness::spent)
            return hit;
    return std::nullopt;
}

std::optional<Hit> TokenCache::last_resort(const CacheKey& key) {
    std::optional<Hit> best;
    for (Slot& slot : slots_) {
        auto hit = look(slot, key);
        if (!hit || !hit->judgement.usable)
            continue;
        if (!best || hit->judgement.reported_expiry > best->judgement.reported_expiry)
            best = std::move(hit);
    }
    return best;
}

void TokenCache::save(const CacheKey& key, const Record& record) {
    const Secret bytes = encode_record(record);
    const Judgement judgement = judge(record.lifetime, clock_.now(), boot_id_);
    if (judgement.left <= Seconds(0))
        return;
    for (Slot& slot : slots_)
        put(slot, key, bytes, judgement.left);
}

void TokenCache::promote(const CacheKey& key, const Hit& hit) {
    const Secret bytes = encode_record(hit.record);
    for (Slot& slot : slots_) {
        if (slot.store->name() == hit.store || hit.judgement.left <= Seconds(0))
            return;
        put(slot, key, bytes, hit.judgement.left);
    }
}

void TokenCache::forget(const CacheKey& key) {
    for (Slot& slot : slots_)
        if (!slot.failed)
            if (auto erased = slot.store->erase(key); !erased)
                note(slot, std::move(erased).error());
}

std::vector<Hit> TokenCache::list() {
    std::vector<Hit> hits;
    for (Slot& slot : slots_) {
        if (slot.failed)
            continue;
        auto entries = slot.store->list();
        if (!entries) {
            note(slot, std::move(entries).error());
            continue;
        }
        for (const Secret& bytes : *entries)
            if (auto record = decode_record(bytes.reveal())) {
                const Judgement judgement = judge(record->lifetime, clock_.now(), boot_id_);
                hits.push_back({*std::move(record), judgement, std::string(slot.store->name())});
            }
    }
    return hits;
}

std::size_t TokenCache::clear() {
    std::size_t count = 0;
    for (Slot& slot : slots_) {
        if (slot.failed)
            continue;
        auto cleared = slot.store->clear();
        if (cleared)
            count += *cleared;
        else
            note(slot, std::move(cleared).error());
    }
    return count;
}

std::optional<Hit> TokenCache::look(Slot& slot, const CacheKey& key) {
    if (slot.failed)
        return std::nullopt;
    auto bytes = slot.store->get(key);
    if (!bytes) {
        note(slot, std::move(bytes).error());
        return std::nullopt;
    }
    auto record = *bytes ? decode_record((*bytes)->reveal()) : std::nullopt;
    if (!record || record->key_material != key.material() || record->machine != machine_)
        return std::nullopt;
    const Judgement judgement = judge(record->lifetime, clock_.now(), boot_id_);
    return Hit{*std::move(record), judgement, std::string(slot.store->name())};
}

void TokenCache::put(Slot& slot, const CacheKey& key, const Secret& bytes, Seconds life) {
    if (slot.failed)
        return;
    if (auto kept = slot.store->put(key, bytes, life); !kept)
        note(slot, std::move(kept).error());
}

void TokenCache::note(Slot& slot, StoreError error) {
    slot.failed = error.fault != StoreFault::full;
    notices_.push_back({std::string(slot.store->name()), std::move(error)});
}

} // namespace leasehold::cache
