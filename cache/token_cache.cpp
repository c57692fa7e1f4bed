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
    kept_ = false;
    if (judgement.left <= Seconds(0))
        return;
    for (Slot& slot : slots_)
        if (!kept_ || !slot.store->is_stopgap())
            kept_ = put(slot, key, bytes, judgement.left) || kept_;
        else
            erase(slot, key); // an older one that stood in
}

void TokenCache::promote(const CacheKey& key, const Hit& hit) {
    if (hit.judgement.left <= Seconds(0))
        return;
    const Secret bytes = encode_record(hit.record);
    bool kept = false;
    for (Slot& slot : slots_) {
        const bool own = slot.store->name() == hit.store;
        if (kept && slot.store->is_stopgap())
            erase(slot, key);
        if (own)
            return;
        if (!kept || !slot.store->is_stopgap())
            kept = put(slot, key, bytes, hit.judgement.left) || kept;
    }
}

void TokenCache::forget(const CacheKey& key) {
    for (Slot& slot : slots_)
        erase(slot, key);
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

bool TokenCache::put(Slot& slot, const CacheKey& key, const Secret& bytes, Seconds life) {
    if (slot.failed)
        return false;
    auto kept = slot.store->put(key, bytes, life);
    if (!kept)
        note(slot, std::move(kept).error());
    return kept.has_value();
}

void TokenCache::erase(Slot& slot, const CacheKey& key) {
    if (slot.failed)
        return;
    if (auto erased = slot.store->erase(key); !erased)
        note(slot, std::move(erased).error());
}

void TokenCache::note(Slot& slot, StoreError error) {
    slot.failed = error.fault != StoreFault::full;
    notices_.push_back({std::string(slot.store->name()), std::move(error)});
}

} // namespace leasehold::cache
