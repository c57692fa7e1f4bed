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

    friend bool operator==(const Asker&, const Asker&) = default;
};

// Our parent or, if that is the shell of an `sh -c` (fabric8 runs its plugin so), the parent of
// that; empty where /proc does not tell.
[[nodiscard]] std::optional<Asker> find_asker();

// Enough of a digest of the token to tell it from others; 0 is no tag.
[[nodiscard]] std::uint64_t token_tag(std::string_view token);

// The file of a key below the runtime directory.
[[nodiscard]] std::string handing_path(std::string_view runtime_directory,
                                       std::string_view key_digest);

// What is known of the token of a key and its server; times in seconds of the boot clock, 0: not
// since the boot.
struct HealingTimes {
    std::int64_t checked = 0;      // when the server was last asked whether it takes the token
    std::int64_t replaced = 0;     // when a token was last dropped because the server refused it
    std::int64_t replacements = 0; // how often, without the server having taken one in between
    std::int64_t started = 0;      // when a process was last started to ask, behind a hit
};

// One handing of a token that comes from a store.
struct Asking {
    Asker asker;
    std::uint64_t token_tag = 0;
    std::int64_t now = 0;    // seconds of the boot clock, as the next
    std::int64_t issued = 0; // when the token was asked for; 0: before the boot, or unknown
    Seconds recheck{0};      // a check is due when the last is this old; 0: never
};

enum class Suspicion {
    none,
    behind, // hand it out, and have the server asked by a process of its own
    before, // ask the server first: the client has come back after a while, so it may wait
};

// Who writes down a handing.
enum class Noting {
    by_front, // leaves it to the full program where that has to ask first; makes no file
    by_full_program,
};

// Notes in the file at `path` that the asker is handed the token, and says whether the server
// should be asked about it. That is so
// - if this process was handed this token before: behind, if within a second or two, since kube-rs
//   asks three times for each client it makes; else before;
// - if nobody has asked the server for `recheck`: behind.
// With `behind` the check counts as started, so that nobody else starts one.
// A file that is missing is made in a directory that is there already; without one nothing is
// known.
[[nodiscard]] Suspicion note_asking(const std::string& path, const Asking& asking, Noting noting);

[[nodiscard]] HealingTimes read_healing_times(const std::string& path);
void write_healing_times(const std::string& path, const HealingTimes& times);

// A token of a key is checked at most once in this time. Who keeps asking for one that the server
// takes (one process, again and again) doubles it for itself, up to the next.
inline constexpr Seconds between_checks{5};
inline constexpr Seconds between_habitual_checks{60};
// And replaced at most once in this time, which doubles, up to the next, as long as the server
// takes none of the new ones either.
inline constexpr Seconds between_replacements{60};
inline constexpr Seconds between_vain_replacements{3600};

// Whether the server may be asked again at `now`, seconds of the boot clock.
[[nodiscard]] bool may_check(const HealingTimes& times, std::int64_t now);

} // namespace leasehold::cache
