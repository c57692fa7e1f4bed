// The keys under which entries are sealed into files. The kernel keyring keeps one for all entries
// that end within the same hour, with that hour as its time-out: so the kernel forgets every sealed
// entry within an hour of its end, and all of them with the machine, as it does its own keys. A
// time-out is never changed, so that no crash leaves a key too long, and 25 keys serve any number
// of leases of up to a day.
#pragma once

#include "cache/store/store.hpp"
#include "src/base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace leasehold::cache {

// The hour since 1970 at whose beginning the key goes; 0: never.
using SealingHour = std::int64_t;

[[nodiscard]] SealingHour sealing_hour(UnixTime end);

// Empty if there is none: never made, or forgotten.
[[nodiscard]] StoreResult<std::optional<Secret>> find_sealing_key(SealingHour hour);

struct SealingKey {
    Secret key;
    bool is_new = false;
};

// Makes it if there is none. `lock_directory` exists; two that make one at once get the same. Older
// entries in the keyring give way if they `may_give_way`.
[[nodiscard]] StoreResult<SealingKey> obtain_sealing_key(SealingHour hour, UnixTime now,
                                                         const std::string& lock_directory,
                                                         bool may_give_way);

} // namespace leasehold::cache
