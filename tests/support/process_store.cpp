#include "tests/support/process_store.hpp"

#include "src/base/error.hpp"

#include <chrono>
#include <map>

namespace leasehold::cache {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct Entry {
    Secret bytes;
    std::optional<SteadyClock::time_point> end;

    [[nodiscard]] bool ended() const { return end && SteadyClock::now() >= *end; }
};

class ProcessStore final : public TokenStore {
public:
    [[nodiscard]] std::string_view name() const override { return "process"; }

    StoreResult<std::optional<Secret>> get(const CacheKey& key) override {
        drop_ended();
        const auto entry = entries_.find(key.digest_hex());
        return entry == entries_.end() ? std::optional<Secret>() : entry->second.bytes.clone();
    }

    StoreResult<void> put(const CacheKey& key, const Secret& bytes, Seconds life) override {
        LEASEHOLD_TRY(check_entry(bytes, life));
        const auto end =
            life == Seconds(0) ? std::nullopt : std::optional(SteadyClock::now() + life);
        entries_.insert_or_assign(key.digest_hex(), Entry{bytes.clone(), end});
        return {};
    }

    StoreResult<void> erase(const CacheKey& key) override {
        entries_.erase(key.digest_hex());
        return {};
    }

    StoreResult<std::vector<Secret>> list() override {
        drop_ended();
        std::vector<Secret> all;
        for (const auto& [digest, entry] : entries_)
            all.push_back(entry.bytes.clone());
        return all;
    }

    StoreResult<std::size_t> clear() override {
        drop_ended();
        const std::size_t count = entries_.size();
        entries_.clear();
        return count;
    }

private:
    void drop_ended() {
        std::erase_if(entries_, [](const auto& entry) { return entry.second.ended(); });
    }

    std::map<std::string, Entry> entries_;
};

} // namespace

std::unique_ptr<TokenStore> make_process_store() {
    return std::make_unique<ProcessStore>();
}

} // namespace leasehold::cache
