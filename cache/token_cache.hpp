// The policy over the stores of a profile: which entry counts, and that no store's trouble ever
// fails a call.
#pragma once

#include "cache/record/lifetime.hpp"
#include "cache/record/record.hpp"
#include "cache/store/store.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace leasehold::cache {

struct Hit {
    Record record;
    Judgement judgement;
    std::string store; // the name of the store that had it
};

struct Notice {
    std::string store;
    StoreError error;
};

class TokenCache {
public:
    // Asks the stores in this order, the quickest first. The clock outlives the cache.
    TokenCache(std::vector<std::unique_ptr<TokenStore>> stores, const Clock& clock);

    // The first record that is fresh or due, belongs to this key byte for byte (KEY-2), and was
    // stored by this user on this machine (KEY-3). Everything else is a miss.
    [[nodiscard]] std::optional<Hit> find(const CacheKey& key);

    // Of the records that are spent but still valid, the one that lasts longest (CACHE-3).
    [[nodiscard]] std::optional<Hit> last_resort(const CacheKey& key);

    // Puts the record into every store, to be forgotten at its end; into a stopgap only if no
    // store before it has taken it.
    void save(const CacheKey& key, const Record& record);

    // Whether any store took what was saved last; true as long as nothing was.
    [[nodiscard]] bool kept() const { return kept_; }

    // Puts a hit into the stores that come before its own, so that the next look is quicker.
    void promote(const CacheKey& key, const Hit& hit);

    // Out of every store.
    void forget(const CacheKey& key);

    // Every entry of ours in every store that reads as a record, this key or that, ended or not.
    [[nodiscard]] std::vector<Hit> list();

    // Empties every store; the number of entries that were there.
    std::size_t clear();

    // What went wrong in the stores so far, in order. A store that failed once is not asked again
    // by this object, unless it was merely full.
    [[nodiscard]] const std::vector<Notice>& notices() const { return notices_; }

private:
    struct Slot {
        std::unique_ptr<TokenStore> store;
        bool failed = false;
    };

    std::optional<Hit> look(Slot& slot, const CacheKey& key);
    bool put(Slot& slot, const CacheKey& key, const Secret& bytes, Seconds life);
    void erase(Slot& slot, const CacheKey& key);
    void note(Slot& slot, StoreError error);

    std::vector<Slot> slots_;
    const Clock& clock_;
    std::string boot_id_;
    std::string machine_;
    std::vector<Notice> notices_;
    bool kept_ = true;
};

} // namespace leasehold::cache
