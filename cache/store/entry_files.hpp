// The files of one private directory, held open so that nothing can be swapped below us. Each is
// this user's alone, is read whole, and is replaced in one step.
#pragma once

#include "cache/store/store.hpp"
#include "src/base/fd.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace leasehold::cache {

enum class Medium {
    any,
    memory, // tmpfs or ramfs, asked of the open directory (fstatfs): nothing reaches a disk
};

// What a file that was written survives.
enum class Survives {
    its_writer, // whoever reads it sees it
    power_loss, // flushed to the disk, too
};

class EntryFiles {
public:
    // Empty if there is no such directory. An error if it is a link, another's, reached by others
    // or not on that medium.
    [[nodiscard]] static StoreResult<std::optional<EntryFiles>> open(const std::string& path,
                                                                     Medium medium);

    // Empty if there is no such file. An error if it is no regular file of this user's alone with
    // one name, or larger than `limit`.
    [[nodiscard]] StoreResult<std::optional<Secret>> read(const std::string& name,
                                                          std::size_t limit) const;
    [[nodiscard]] StoreResult<void> write(const std::string& name, std::string_view bytes,
                                          Survives survives) const;
    // False if it was not there.
    [[nodiscard]] StoreResult<bool> remove(const std::string& name) const;

    // An error if no file could be written.
    [[nodiscard]] StoreResult<void> check_writable() const;

    // "in PATH, N MiB free".
    [[nodiscard]] std::string room() const;

    // The names that are a key's digest and this suffix, without the suffix. An error if the
    // directory cannot be read to its end: what is left out would count as gone.
    [[nodiscard]] StoreResult<std::vector<std::string>> digests(std::string_view suffix) const;
    // Removes what writers that were killed have left behind of such files, as far as it can.
    void remove_abandoned(std::string_view suffix) const;

private:
    EntryFiles(Fd directory, std::string path, uid_t owner)
        : directory_(std::move(directory)), path_(std::move(path)), owner_(owner) {}

    [[nodiscard]] StoreResult<std::vector<std::string>> names(std::string_view ending) const;
    [[nodiscard]] StoreError error(StoreFault fault, const std::string& name,
                                   std::string_view what) const;

    Fd directory_;
    std::string path_; // for messages
    uid_t owner_;      // of the directory: this user
};

[[nodiscard]] bool is_on_memory_file_system(const std::string& directory);

// Which fault an error of the file system is.
[[nodiscard]] StoreFault file_fault(int error_number);

} // namespace leasehold::cache
