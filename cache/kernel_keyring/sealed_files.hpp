// Entries for which the user's key quota has no room: sealed into files, whose keys the kernel
// keyring keeps (sealing_key.hpp). What lies on the disk opens nothing once the kernel has
// forgotten the key. Each file is bound to its entry and end: another's file, or an older header,
// does not open.
#pragma once

#include "cache/kernel_keyring/quota.hpp"
#include "cache/kernel_keyring/sealing_key.hpp"
#include "cache/store/entry_files.hpp"
#include "cache/store/quick_store.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::cache {

class SealedFiles {
public:
    // Below this directory, in one of its own (0700) that is made when it is needed; "": nowhere,
    // so that nothing is found and every write is a fault.
    explicit SealedFiles(const std::string& runtime_directory);

    // Makes sure that an entry of this life could be sealed, while there is room for the key. For
    // the key of a lease older entries may give way; a clearance is not worth that.
    [[nodiscard]] StoreResult<void> prepare(EntryKind kind, Seconds life);

    // Whether prepare() would succeed, as far as can be told without changing anything.
    [[nodiscard]] bool could_write(const KeyQuota& quota, Seconds life);

    // Empty if there is none, it has ended, or its key is gone.
    [[nodiscard]] StoreResult<std::optional<Secret>> read(EntryKind kind, std::string_view digest);
    [[nodiscard]] StoreResult<void> write(EntryKind kind, std::string_view digest,
                                          const Secret& bytes, Seconds life);
    // False if there was none.
    [[nodiscard]] StoreResult<bool> erase(EntryKind kind, std::string_view digest);
    // Of the files there are, whether or not they can be opened.
    [[nodiscard]] StoreResult<std::vector<std::string>> digests(EntryKind kind);

    [[nodiscard]] const std::string& directory() const { return directory_; }

private:
    struct Kept {
        SealingHour hour;
        Secret key;
    };

    bool look();
    StoreResult<void> make();
    StoreResult<const Secret*> key_of(SealingHour hour);
    void remove_dead(UnixTime now);

    std::string directory_;
    std::optional<EntryFiles> files_;
    std::optional<Kept> kept_; // the key that was used last
};

} // namespace leasehold::cache
