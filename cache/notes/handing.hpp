// Who was handed which token: a client that asks again for a token that it was just given may have
// had it refused (CACHE-6; it has no way to say so). Needs no keyring and no lock: a
// small file of fixed slots, where a lost entry does no harm.
#pragma once

#include "src/base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace leasehold::cache {

// One process: its number is used again, its start time is not.
struct Asker {
    std::uint64_t pid = 0;
    std::uint64_t started = 0; // ticks since the boot (proc(5), /proc/PID/stat, field 22)
};

// Our parent; empty where /proc does not tell.
[[nodiscard]] std::optional<Asker> find_asker();

// Enough of a digest of the token to tell it from others; 0 is no tag.
[[nodiscard]] std::uint64_t token_tag(std::string_view token);

// The file of a key below the runtime directory.
[[nodiscard]] std::string handing_path(std::string_view runtime_directory,
                                       std::string_view key_digest);

// When, in seconds of the boot clock, the token of this key was last checked with its server, and
// last replaced because the server refused it; 0: not since the boot.
struct HealingTimes {
    std::int64_t checked = 0;
    std::int64_t replaced = 0;
};

// What the file of a key tells of one asker and token.
struct Handing {
    bool before = false; // this asker was handed this very token before
    HealingTimes times;
};

// If it was not, it is remembered as of now. A file that is missing is made only if `make` is set,
// in a directory that is there already; without one nothing is known.
[[nodiscard]] Handing note_handing(const std::string& path, const Asker& asker,
                                   std::uint64_t token_tag, bool make);

[[nodiscard]] HealingTimes read_healing_times(const std::string& path);
void write_healing_times(const std::string& path, const HealingTimes& times);

// A token of a key is checked at most once in this time, and replaced at most once in that.
inline constexpr Seconds between_checks{5};
inline constexpr Seconds between_replacements{60};

// Whether the server may be asked again at `now`, seconds of the boot clock.
[[nodiscard]] bool may_check(const HealingTimes& times, std::int64_t now);

} // namespace leasehold::cache
