#include "cache/kernel_keyring/sealing_key.hpp"

#include "cache/kernel_keyring/keyring.hpp"
#include "src/base/error.hpp"
#include "src/base/fd.hpp"
#include "src/base/seal.hpp"

#include <algorithm>
#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>

namespace leasehold::cache {
namespace {

constexpr std::int64_t hour_length = 3600;
// Whoever holds the lock is a few system calls away from its end.
constexpr int most_attempts = 200;
constexpr Milliseconds between_attempts{5};

// Where there is no lock to be had the worst is a lease too many.
Fd lock(const std::string& directory) {
    Fd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (int attempt = 0; opened && attempt < most_attempts; ++attempt) {
        if (::flock(opened.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
            break;
        std::this_thread::sleep_for(between_attempts);
    }
    return opened;
}

} // namespace

SealingHour sealing_hour(UnixTime end) {
    return end <= 0 ? 0 : (end + hour_length - 1) / hour_length;
}

StoreResult<std::optional<Secret>> find_sealing_key(SealingHour hour) {
    return keyring_read(sealing_description(hour), Keyrings::all);
}

StoreResult<SealingKey> obtain_sealing_key(SealingHour hour, UnixTime now,
                                           const std::string& lock_directory, bool may_give_way) {
    LEASEHOLD_TRY_ASSIGN(std::optional<Secret> found, find_sealing_key(hour));
    if (found)
        return SealingKey{*std::move(found)};
    const Fd held = lock(lock_directory);
    LEASEHOLD_TRY_ASSIGN(found, find_sealing_key(hour));
    if (found)
        return SealingKey{*std::move(found)};
    std::optional<Secret> key = make_seal_key();
    if (!key)
        return StoreError{StoreFault::failed, "the kernel gives no random numbers"};
    const Seconds life(hour == 0 ? 0 : std::max<std::int64_t>(hour * hour_length - now, 1));
    const std::string description = sealing_description(hour);
    LEASEHOLD_TRY(may_give_way ? keyring_write(description, key->reveal(), life)
                               : keyring_place(description, key->reveal(), life));
    return SealingKey{*std::move(key), true};
}

} // namespace leasehold::cache
