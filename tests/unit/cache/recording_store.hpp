// A store in memory that counts what it is asked and fails on demand.
#pragma once

#include "tests/support/process_store.hpp"

#include <map>
#include <optional>
#include <string>

namespace leasehold::cache {

class RecordingStore final : public TokenStore {
public:
    explicit RecordingStore(std::string name) : name_(std::move(name)) {}

    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] bool is_stopgap() const override { return stopgap; }
    StoreResult<std::optional<Secret>> get(const CacheKey& key) override {
        ++gets;
        if (fault)
            return StoreError{*fault, name_ + " failed"};
        return inner_->get(key);
    }
    StoreResult<void> put(const CacheKey& key, const Secret& bytes, Seconds life) override {
        ++puts;
        last_life = life;
        if (const auto why = put_fault ? put_fault : fault)
            return StoreError{*why, name_ + " failed"};
        return inner_->put(key, bytes, life);
    }
    StoreResult<void> erase(const CacheKey& key) override {
        ++erases;
        if (fault)
            return StoreError{*fault, name_ + " failed"};
        return inner_->erase(key);
    }
    StoreResult<std::vector<Secret>> list() override {
        if (fault)
            return StoreError{*fault, name_ + " failed"};
        return inner_->list();
    }
    StoreResult<std::size_t> clear() override {
        if (fault)
            return StoreError{*fault, name_ + " failed"};
        return inner_->clear();
    }

    std::optional<StoreFault> fault;     // of everything
    std::optional<StoreFault> put_fault; // of put only
    bool stopgap = false;
    int gets = 0;
    int puts = 0;
    int erases = 0;
    Seconds last_life{-1};

private:
    std::string name_;
    std::unique_ptr<TokenStore> inner_ = make_process_store();
};

} // namespace leasehold::cache
