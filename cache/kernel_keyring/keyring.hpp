// The kernel's keyrings (keyrings(7)): the kernel forgets a key at its end by itself, nothing
// reaches a disk, and a look-up is two system calls.
//
// Which keyring (KR-1, KR-5): the user keyring @u, since every process of the user can search it by
// its uid alone, whatever session keyring it has (ssh, cron, `keyctl session`). The keys grant
// read and search to the user and not only to possessors; without that a new session keyring is
// refused (EACCES, F19), and linking @u into the session keyring would change what other programs
// of that session hold. Since Linux 5.3 @u lives as long as its user namespace (commit
// 0f44e4d976f9: it hangs on a register in the namespace); before that it vanished with the user's
// last process, so that each key is linked into the persistent keyring (persistent-keyring(7)) too,
// where one is to be had. That one is asked only when @u has nothing.
#pragma once

#include "cache/store/quick_store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::cache {

// The largest payload of a key of type "user".
inline constexpr std::size_t keyring_payload_limit = 32'767;

// Descriptions are seen by everybody in /proc/keys: digests only (KR-6).
[[nodiscard]] std::string lease_description(std::string_view key_digest);
[[nodiscard]] std::string clearance_description(std::string_view clearance_digest);
[[nodiscard]] std::string spare_description(std::string_view key_digest);
[[nodiscard]] std::string sealing_description(std::int64_t hour);

// Where to look: in @u, which has nearly all that there is, in the persistent keyring, or in both.
enum class Keyrings { user, persistent, all };

// The payload of our key of that description. Empty if there is none, or if it has ended or been
// revoked.
[[nodiscard]] StoreResult<std::optional<Secret>> keyring_read(const std::string& description,
                                                              Keyrings where = Keyrings::all);

// Makes the key, or replaces it in one step: readers see the old one or the new one with its end
// set, and a writer that is killed leaves nothing without an end behind. Out of quota, entries of
// ours give way: first those that have ended, then spare ones, then those that would end soonest;
// for a spare one only the former two. Those without an end never do (KR-3), nor the one called
// `spared`, without which this one would be worth nothing, nor a sealing key. What went before its
// end is counted (Evictions).
[[nodiscard]] StoreResult<void> keyring_write(const std::string& description,
                                              std::string_view payload, Seconds life,
                                              std::string_view spared = {});

// The same, but nothing gives way: out of quota it is full.
[[nodiscard]] StoreResult<void> keyring_place(const std::string& description,
                                              std::string_view payload, Seconds life);

// Entries that gave way before their end, since the keyring was last cleared or the machine
// started.
struct Evictions {
    std::int64_t count = 0;
    UnixTime last = 0;
};
[[nodiscard]] Evictions keyring_evictions();
[[nodiscard]] StoreResult<void> keyring_forget_evictions();

[[nodiscard]] StoreResult<void> keyring_erase(const std::string& description);

// The descriptions of all our keys.
[[nodiscard]] StoreResult<std::vector<std::string>> keyring_list();

// Most leases fit into keys. What does not is sealed below the runtime directory
// (sealed_files.hpp), as soon as more than `share` percent of the user's quota are taken, so that
// other programs find room, too. Without a directory our own older leases give way instead.
struct KeyringOptions {
    std::string runtime_directory = {};
    int share = 75;
};

[[nodiscard]] std::unique_ptr<QuickStore> make_kernel_keyring_store(KeyringOptions options = {});

} // namespace leasehold::cache
