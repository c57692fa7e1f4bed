#include "cache/store/entry_directories.hpp"

#include "cache/store/stored_entry.hpp"
#include "src/base/random.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <limits>
#include <set>
#include <string>

namespace leasehold::cache {
namespace {

constexpr std::array<std::string_view, 2> suffixes{".token", ".clearance"};

std::string_view suffix_of(EntryKind kind) {
    return suffixes.at(kind == EntryKind::clearance ? 1 : 0);
}

std::string name_of(EntryKind kind, std::string_view digest) {
    return std::string(digest).append(suffix_of(kind));
}

// Empty if there is none or it is damaged; an error if it is not safe to use.
StoreResult<std::optional<StoredEntry>> read_wrapped(const EntryFiles& files,
                                                     const std::string& name) {
    LEASEHOLD_TRY_ASSIGN(const auto text, files.read(name, stored_entry_limit));
    return text ? decode_entry(text->reveal()) : std::optional<StoredEntry>();
}

// Without what is not safe to use.
StoreResult<std::optional<StoredEntry>> read_listed(const EntryFiles& files,
                                                    std::string_view digest) {
    auto entry = read_wrapped(files, name_of(EntryKind::lease, digest));
    if (!entry && entry.error().fault == StoreFault::refused)
        return std::optional<StoredEntry>();
    return entry;
}

// How many of a kind a write looks at: all that a person has, and of thousands some. So a write
// costs the same however many there are, and what has ended stays a small part of what has not.
constexpr std::size_t some = 16;
constexpr std::size_t all_of_them = std::numeric_limits<std::size_t>::max();

std::size_t any_place(std::size_t below) {
    std::uint32_t random = 0;
    (void)fill_at_random(reinterpret_cast<char*>(&random), sizeof random);
    return random % below;
}

void remove_ended(const EntryFiles& files, std::size_t most) {
    for (const std::string_view suffix : suffixes) {
        const auto found = files.digests(suffix);
        const auto& digests = found ? *found : std::vector<std::string>();
        const std::size_t first = digests.size() > most ? any_place(digests.size()) : 0;
        for (std::size_t i = 0; i < std::min(most, digests.size()); ++i) {
            const std::string name = digests[(first + i) % digests.size()] + std::string(suffix);
            if (auto entry = read_wrapped(files, name);
                entry && *entry && (*entry)->ended(::time(nullptr)))
                (void)files.remove(name);
        }
        files.remove_abandoned(suffix);
    }
}

} // namespace

StoreResult<std::optional<Secret>> read_entry(const EntryDirectories& directories, EntryKind kind,
                                              std::string_view digest) {
    for (const EntryFiles& files : directories) {
        LEASEHOLD_TRY_ASSIGN(std::optional<StoredEntry> entry,
                             read_wrapped(files, name_of(kind, digest)));
        if (entry && entry->digest == digest && !entry->ended(::time(nullptr)))
            return std::optional<Secret>(std::move(entry->bytes));
    }
    return std::optional<Secret>();
}

StoreResult<void> write_entry(const EntryDirectories& directories, EntryKind kind,
                              std::string_view digest, const Secret& bytes, Seconds life,
                              Survives survives) {
    for (const EntryFiles& files : directories)
        remove_ended(files, some);
    const UnixTime end = life == Seconds(0) ? 0 : ::time(nullptr) + life.count();
    const Secret content = encode_entry({std::string(digest), end, bytes.clone()});
    const std::string name = name_of(kind, digest);
    LEASEHOLD_TRY(directories.front().write(name, content.reveal(), survives));
    for (std::size_t other = 1; other < directories.size(); ++other)
        LEASEHOLD_TRY(directories[other].remove(name));
    return {};
}

StoreResult<void> erase_entry(const EntryDirectories& directories, std::string_view digest) {
    for (const EntryFiles& files : directories)
        LEASEHOLD_TRY(files.remove(name_of(EntryKind::lease, digest)));
    return {};
}

StoreResult<std::vector<Secret>> list_entries(const EntryDirectories& directories) {
    std::vector<Secret> all;
    std::set<std::string> seen;
    for (const EntryFiles& files : directories) {
        remove_ended(files, all_of_them);
        LEASEHOLD_TRY_ASSIGN(const auto digests, files.digests(suffix_of(EntryKind::lease)));
        for (const std::string& digest : digests) {
            LEASEHOLD_TRY_ASSIGN(auto entry, read_listed(files, digest));
            if (entry && seen.insert(digest).second)
                all.push_back(std::move(entry->bytes));
        }
    }
    return all;
}

StoreResult<void> clear_clearances(const EntryDirectories& directories) {
    for (const EntryFiles& files : directories) {
        LEASEHOLD_TRY_ASSIGN(const auto digests, files.digests(suffix_of(EntryKind::clearance)));
        for (const std::string& digest : digests)
            LEASEHOLD_TRY(files.remove(name_of(EntryKind::clearance, digest)));
    }
    return {};
}

StoreResult<std::size_t> clear_entries(const EntryDirectories& directories) {
    LEASEHOLD_TRY(clear_clearances(directories));
    std::set<std::string> cleared;
    for (const EntryFiles& files : directories) {
        remove_ended(files, all_of_them);
        LEASEHOLD_TRY_ASSIGN(const auto digests, files.digests(suffix_of(EntryKind::lease)));
        for (const std::string& digest : digests) {
            LEASEHOLD_TRY(files.remove(name_of(EntryKind::lease, digest)));
            cleared.insert(digest);
        }
    }
    return cleared.size();
}

} // namespace leasehold::cache
