#include "cache/store/store.hpp"

#include "src/base/error.hpp"

#include <algorithm>
#include <stdexcept>

namespace leasehold::cache {

void throw_exception_from_error(const StoreError& error, const boost::source_location&) {
    throw std::logic_error("a store's error was taken for a value: " + error.message);
}

StoreResult<void> TokenStore::check() {
    LEASEHOLD_TRY(get(CacheKey::of({{"kind", "check"}})));
    return {};
}

StoreResult<StoreState> TokenStore::state() {
    LEASEHOLD_TRY_ASSIGN(const auto all, list());
    return StoreState{.entries = all.size()};
}

StoreResult<void> check_entry(const Secret& bytes, Seconds life) {
    const std::string_view text = bytes.reveal();
    if (text.empty() || life < Seconds(0))
        return StoreError{StoreFault::refused, "there is nothing to keep"};
    if (text.size() > entry_limit)
        return StoreError{StoreFault::full,
                          "the entry is larger than " + std::to_string(entry_limit) + " bytes"};
    const bool plain = std::all_of(text.begin(), text.end(),
                                   [](char c) { return c == '\n' || (c >= 0x20 && c <= 0x7e); });
    if (!plain)
        return StoreError{StoreFault::refused, "the entry is not plain text"};
    return {};
}

} // namespace leasehold::cache
