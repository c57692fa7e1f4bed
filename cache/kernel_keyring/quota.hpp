// What our keys take of the user's key quota, and which of them can go (KR-3).
#pragma once

#include <keyutils.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::cache {

struct KeyringOccupant {
    key_serial_t id = 0;
    std::string description;
    long left = 0; // seconds to its end, roughly (/proc/keys rounds); 0: ended
};

// Our keys in a text like /proc/keys (proc-keys(5)), in the order in which they should go: ended
// ones, then those that end soonest. Keys without an end are left out: nobody could lease those
// again.
[[nodiscard]] std::vector<KeyringOccupant> evictable_keys(std::string_view proc_keys, uid_t uid);

// The same of the running kernel; empty where /proc/keys cannot be read.
[[nodiscard]] std::vector<KeyringOccupant> evictable_keys();

// What all keys of a user take together, and may take (proc-key-users(5)). 0 where unknown.
struct KeyQuota {
    long keys = 0;
    long most_keys = 0;
    long bytes = 0;
    long most_bytes = 0;
};

// Of a text like /proc/key-users.
[[nodiscard]] KeyQuota key_quota(std::string_view proc_key_users, uid_t uid);
// Of this user as the kernel tells it.
[[nodiscard]] KeyQuota key_quota();

// Whether one more key of so many bytes leaves at most `share` percent of the quota in use. True
// where that is not known: the kernel will say so itself.
[[nodiscard]] bool has_room(const KeyQuota& quota, std::size_t bytes, int share);

// The most bytes that the keys of this user may hold together; 0 if unknown.
[[nodiscard]] long quota_bytes();

} // namespace leasehold::cache
