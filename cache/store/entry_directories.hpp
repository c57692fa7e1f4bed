// Entries as files of one or more directories, each wrapped with its key and its end: what the
// stores "file" and "memory" have in common.
#pragma once

#include "cache/store/entry_files.hpp"
#include "cache/store/quick_store.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace leasehold::cache {

// The directories that are there. What is read is looked for in all of them, in order; what is
// written goes to the first, and is taken out of the others.
using EntryDirectories = std::vector<EntryFiles>;

// What has ended is not found.
[[nodiscard]] StoreResult<std::optional<Secret>>
read_entry(const EntryDirectories& directories, EntryKind kind, std::string_view digest);
// There must be at least one directory. Removes what has ended, of very many a few at a time.
[[nodiscard]] StoreResult<void> write_entry(const EntryDirectories& directories, EntryKind kind,
                                            std::string_view digest, const Secret& bytes,
                                            Seconds life, Survives survives);
[[nodiscard]] StoreResult<void> erase_entry(const EntryDirectories& directories,
                                            std::string_view digest);
// Leases, each key once. Removes what has ended.
[[nodiscard]] StoreResult<std::vector<Secret>> list_entries(const EntryDirectories& directories);
[[nodiscard]] StoreResult<void> clear_clearances(const EntryDirectories& directories);
// Clearances go too, but are not counted.
[[nodiscard]] StoreResult<std::size_t> clear_entries(const EntryDirectories& directories);

} // namespace leasehold::cache
