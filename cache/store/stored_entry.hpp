// The wrapping in which stores that know no end keep an entry: which key it is for, when it ends,
// then its bytes.
#pragma once

#include "cache/store/store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leasehold::cache {

struct StoredEntry {
    std::string digest;
    UnixTime end = 0; // by the wall clock; 0: none
    Secret bytes;

    [[nodiscard]] bool ended(UnixTime now) const { return end != 0 && now >= end; }
};

// The largest text that encode_entry makes of an entry that check_entry lets through.
inline constexpr std::size_t stored_entry_limit = entry_limit + 256;

[[nodiscard]] Secret encode_entry(const StoredEntry& entry);
// Empty if `text` is not exactly such a text: another program's, or damaged.
[[nodiscard]] std::optional<StoredEntry> decode_entry(std::string_view text);

} // namespace leasehold::cache
