#include "cache/kernel_keyring/keyring.hpp"

#include "cache/kernel_keyring/quota.hpp"
#include "src/base/error.hpp"

#include <keyutils.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <functional>
#include <limits>
#include <span>
#include <thread>
#include <vector>

namespace leasehold::cache {
namespace {

constexpr std::string_view prefix = "leasehold:1:";
constexpr std::string_view clearance_prefix = "leasehold:1:c:";
constexpr std::string_view sealing_prefix = "leasehold:1:s:";
constexpr std::string_view spare_prefix = "leasehold:1:x:";
// A record with a token of the API server takes 2 to 3 KiB.
constexpr std::size_t usual_payload = 4096;
constexpr const char* key_type = "user";
constexpr key_perm_t permissions = KEY_POS_ALL | KEY_USR_VIEW | KEY_USR_READ | KEY_USR_SEARCH;

std::string evictions_description() {
    return std::string(prefix).append("evictions");
}

bool means_absent(int error_number) {
    return error_number == ENOKEY || error_number == EKEYEXPIRED || error_number == EKEYREVOKED;
}

StoreError keyring_error(int error_number) {
    const std::string text = "kernel keyring: " + errno_text(error_number);
    switch (error_number) {
    case EPERM: // a container's seccomp profile
    case ENOSYS:
    case EOPNOTSUPP:
        return {StoreFault::unavailable, text,
                "containers often forbid the kernel keyring; the store \"memory\" serves there"};
    case EDQUOT:
        return {StoreFault::full, text,
                "the user's quota is in /proc/sys/kernel/keys; 'leasehold cache clear' frees ours"};
    case EACCES:
        return {StoreFault::refused, text};
    default:
        return {StoreFault::failed, text};
    }
}

StoreError too_large() {
    return {StoreFault::full, "kernel keyring: a key holds at most 32767 bytes"};
}

// The user's persistent keyring, made ours to use through the thread keyring, which is gone when
// this thread is. -1 where the kernel has none.
key_serial_t persistent_keyring() {
    return static_cast<key_serial_t>(
        ::keyctl_get_persistent(static_cast<uid_t>(-1), KEY_SPEC_THREAD_KEYRING));
}

key_serial_t search(key_serial_t keyring, const std::string& description) {
    return static_cast<key_serial_t>(::keyctl_search(keyring, key_type, description.c_str(), 0));
}

// The key's id, or -1 with errno.
key_serial_t find_key(const std::string& description, Keyrings where) {
    if (where != Keyrings::persistent) {
        const key_serial_t key = search(KEY_SPEC_USER_KEYRING, description);
        if (key >= 0 || errno != ENOKEY || where == Keyrings::user)
            return key;
    }
    const key_serial_t persistent = persistent_keyring();
    const key_serial_t kept = persistent < 0 ? -1 : search(persistent, description);
    // The user keyring went with the last session. Back there it is found also when the quota has
    // no room for the thread keyring that the persistent one is reached by.
    if (kept >= 0)
        (void)::keyctl_link(kept, KEY_SPEC_USER_KEYRING);
    else
        errno = ENOKEY;
    return kept;
}

// Out of all keyrings. True if it was there. Unlinking gives its quota back at once; invalidating
// works where the quota is so used up that the persistent keyring cannot be reached.
bool drop_key(key_serial_t key, key_serial_t persistent) {
    const bool dropped = ::keyctl_invalidate(key) == 0;
    const bool from_user = ::keyctl_unlink(key, KEY_SPEC_USER_KEYRING) == 0;
    const bool from_persistent = persistent >= 0 && ::keyctl_unlink(key, persistent) == 0;
    return dropped || from_user || from_persistent;
}

// A key that is being made, possessed through the thread keyring until this goes.
class StagedKey {
public:
    StagedKey(const std::string& description, std::string_view payload)
        : id_(::add_key(key_type, description.c_str(), payload.data(), payload.size(),
                        KEY_SPEC_THREAD_KEYRING)) {}
    ~StagedKey() {
        if (id_ >= 0)
            (void)::keyctl_unlink(id_, KEY_SPEC_THREAD_KEYRING);
    }
    StagedKey(const StagedKey&) = delete;
    StagedKey& operator=(const StagedKey&) = delete;

    [[nodiscard]] key_serial_t id() const { return id_; }

private:
    key_serial_t id_;
};

unsigned timeout_of(Seconds life) {
    const auto most = std::numeric_limits<unsigned>::max();
    return static_cast<unsigned>(std::min<Seconds::rep>(life.count(), most));
}

// Made complete first, linked into place last: a link displaces the old key of that description
// in one step. 0 or an errno.
int place_key(const std::string& description, std::string_view payload, Seconds life) {
    const StagedKey key(description, payload);
    if (key.id() < 0 || ::keyctl_setperm(key.id(), permissions) != 0)
        return errno;
    if (life > Seconds(0) && ::keyctl_set_timeout(key.id(), timeout_of(life)) != 0)
        return errno;
    if (::keyctl_link(key.id(), KEY_SPEC_USER_KEYRING) != 0)
        return errno;
    // Best effort: it matters to old kernels only.
    if (const key_serial_t persistent = persistent_keyring(); persistent >= 0)
        (void)::keyctl_link(key.id(), persistent);
    return 0;
}

using Place = std::function<int()>;

// The quota of a key that went comes back a moment later, when the kernel has let go of it (RCU);
// on a busy machine it takes its time. Each attempt is 3 ms.
constexpr int few_attempts = 15;
constexpr int many_attempts = 150; // before a lease that is still good would go for nothing
int place_soon(const Place& place, int attempts = few_attempts) {
    int error_number = EDQUOT;
    for (int attempt = 0; attempt < attempts && error_number == EDQUOT; ++attempt) {
        std::this_thread::sleep_for(Milliseconds(3));
        error_number = place();
    }
    return error_number;
}

// The key that is to be replaced goes last of all: whoever reads meanwhile should find it. For a
// sealing key, which is small, clearances go before any lease.
std::vector<KeyringOccupant> victims(const std::string& description, std::string_view spared) {
    std::vector<KeyringOccupant> keys = evictable_keys();
    if (description.starts_with(sealing_prefix))
        std::stable_partition(keys.begin(), keys.end(), [](const KeyringOccupant& key) {
            return key.left == 0 || key.description.starts_with(clearance_prefix);
        });
    const auto costs_little = [](const KeyringOccupant& key) {
        return key.left == 0 || key.description.starts_with(spare_prefix);
    };
    if (description.starts_with(spare_prefix))
        std::erase_if(keys, std::not_fn(costs_little));
    else
        std::stable_partition(keys.begin(), keys.end(), costs_little);
    std::erase_if(keys, [&](const KeyringOccupant& key) { return key.description == spared; });
    std::stable_partition(keys.begin(), keys.end(), [&](const KeyringOccupant& key) {
        return key.description != description;
    });
    return keys;
}

void note_eviction() {
    const Evictions before = keyring_evictions();
    const std::string text =
        std::to_string(before.count + 1) + ' ' + std::to_string(::time(nullptr));
    (void)place_key(evictions_description(), text, Seconds(0));
}

// Unlinks until the key fits, one victim at a time; all that have ended count as one.
int place_by_eviction(const std::string& description, std::string_view spared, const Place& place) {
    // Keys that were replaced a moment ago may just not have been let go of yet.
    int error_number = place_soon(place);
    const key_serial_t persistent = persistent_keyring();
    bool ended_before = false;
    for (const KeyringOccupant& key : victims(description, spared)) {
        if (ended_before && key.left != 0 && error_number == EDQUOT)
            error_number = place_soon(place, many_attempts);
        if (error_number != EDQUOT)
            return error_number;
        ended_before = key.left == 0;
        if (drop_key(key.id, persistent) && !ended_before) {
            error_number = place_soon(place);
            if (!key.description.starts_with(spare_prefix))
                note_eviction();
        }
    }
    return error_number == EDQUOT && ended_before ? place_soon(place) : error_number;
}

// What keyctl_read() left in `buffer`, which is wiped.
std::optional<Secret> take_payload(std::span<char> buffer, long length) {
    const std::size_t size = std::min(static_cast<std::size_t>(length), buffer.size());
    std::optional<Secret> payload(std::in_place, std::string_view(buffer.data(), size));
    wipe(buffer.data(), size);
    return payload;
}

using Visit = std::function<void(key_serial_t, std::string_view)>;

// Calls `visit` for each of our living keys in `keyring`. 0 or an errno.
int for_each_key_in(key_serial_t keyring, const Visit& visit) {
    std::array<key_serial_t, 4096> ids;
    const long bytes = ::keyctl_read(keyring, reinterpret_cast<char*>(ids.data()), sizeof ids);
    if (bytes < 0)
        return errno;
    const auto count = std::min(static_cast<std::size_t>(bytes) / sizeof ids[0], ids.size());
    for (const key_serial_t id : std::span(ids).first(count)) {
        // "user;UID;GID;PERM;DESCRIPTION"
        std::array<char, 256> text;
        const long length = ::keyctl_describe(id, text.data(), text.size());
        if (length <= 0 || static_cast<std::size_t>(length) > text.size())
            continue;
        const std::string_view line(text.data(), static_cast<std::size_t>(length) - 1);
        const std::string_view description = line.substr(line.rfind(';') + 1);
        if (line.starts_with("user;") && description.starts_with(prefix))
            visit(id, description);
    }
    return 0;
}

} // namespace

std::string lease_description(std::string_view key_digest) {
    return std::string(prefix).append(key_digest);
}

std::string clearance_description(std::string_view clearance_digest) {
    return std::string(clearance_prefix).append(clearance_digest);
}

std::string spare_description(std::string_view key_digest) {
    return std::string(spare_prefix).append(key_digest);
}

std::string sealing_description(std::int64_t hour) {
    return std::string(sealing_prefix).append(std::to_string(hour));
}

StoreResult<std::optional<Secret>> keyring_read(const std::string& description, Keyrings where) {
    const key_serial_t key = find_key(description, where);
    if (key < 0)
        return means_absent(errno) ? StoreResult<std::optional<Secret>>(std::optional<Secret>())
                                   : keyring_error(errno);
    // Every page of a stack is a fault when first touched: a hit pays for what a lease needs, and
    // the largest payload for a second call.
    std::array<char, usual_payload> usual;
    long length = ::keyctl_read(key, usual.data(), usual.size());
    if (length >= 0 && static_cast<std::size_t>(length) <= usual.size())
        return take_payload(usual, length);
    std::vector<char> large(length < 0 ? 0 : keyring_payload_limit);
    if (length >= 0)
        length = ::keyctl_read(key, large.data(), large.size());
    if (length >= 0)
        return take_payload(large, length);
    return means_absent(errno) ? StoreResult<std::optional<Secret>>(std::optional<Secret>())
                               : keyring_error(errno);
}

StoreResult<void> keyring_write(const std::string& description, std::string_view payload,
                                Seconds life, std::string_view spared) {
    if (payload.size() > keyring_payload_limit)
        return too_large();
    const Place place = [&] { return place_key(description, payload, life); };
    int error_number = place();
    const long quota = error_number == EDQUOT ? quota_bytes() : 0;
    const bool fits =
        quota == 0 || payload.size() + description.size() < static_cast<std::size_t>(quota);
    if (error_number == EDQUOT && fits)
        error_number = place_by_eviction(description, spared, place);
    if (error_number != 0)
        return keyring_error(error_number);
    return {};
}

StoreResult<void> keyring_place(const std::string& description, std::string_view payload,
                                Seconds life) {
    if (payload.size() > keyring_payload_limit)
        return too_large();
    if (const int error_number = place_key(description, payload, life))
        return keyring_error(error_number);
    return {};
}

Evictions keyring_evictions() {
    const auto text = keyring_read(evictions_description(), Keyrings::user);
    Evictions evictions;
    if (!text || !*text)
        return evictions;
    const std::string_view numbers = (**text).reveal();
    const char* const end = numbers.data() + numbers.size();
    const auto count = std::from_chars(numbers.data(), end, evictions.count);
    if (count.ptr != end)
        (void)std::from_chars(count.ptr + 1, end, evictions.last);
    return evictions;
}

StoreResult<void> keyring_forget_evictions() {
    return keyring_erase(evictions_description());
}

StoreResult<void> keyring_erase(const std::string& description) {
    const key_serial_t persistent = persistent_keyring();
    // The two keyrings hold the same key, unless the user keyring vanished in between.
    for (int attempt = 0; attempt < 4; ++attempt) {
        const key_serial_t key = find_key(description, Keyrings::all);
        if (key < 0 && means_absent(errno))
            return {};
        if (key < 0)
            return keyring_error(errno);
        (void)drop_key(key, persistent);
    }
    return keyring_error(EACCES);
}

StoreResult<std::vector<std::string>> keyring_list() {
    std::vector<std::string> all;
    const auto add = [&](key_serial_t, std::string_view description) {
        all.emplace_back(description);
    };
    if (const int error_number = for_each_key_in(KEY_SPEC_USER_KEYRING, add))
        return keyring_error(error_number);
    if (const key_serial_t persistent = persistent_keyring(); persistent >= 0)
        (void)for_each_key_in(persistent, add);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

} // namespace leasehold::cache
