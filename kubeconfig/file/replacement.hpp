// A new content for a file, beside it until it takes its place. Other than AtomicFile it keeps the
// group, says why a rename failed, and never replaces what it was not made for.
#pragma once

#include "src/base/error.hpp"
#include "src/base/fd.hpp"

#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace leasehold::kubeconfig {

struct FileOwnership {
    mode_t mode = 0600;
    std::optional<gid_t> group = {}; // empty: whatever a new file gets
    int attributes_of = -1;          // an open file whose extended attributes are kept; -1: none
};

class Replacement {
public:
    // Writes `bytes` to a temporary file with this mode and group and brings them to the disk.
    // Empty if group or attributes cannot be given to a file of ours, or no file can be made there.
    [[nodiscard]] static Result<std::optional<Replacement>>
    prepare(const std::string& path, std::string_view bytes, const FileOwnership& ownership);
    Replacement(Replacement&& other) noexcept;
    Replacement& operator=(Replacement&&) = delete;
    ~Replacement();

    // Takes the place of the file, which must exist if `exists` and must not otherwise. 0, or the
    // errno: EEXIST if a file has appeared, EBUSY or EXDEV if the place is a mount point.
    [[nodiscard]] int commit(bool exists);

private:
    Replacement(std::string path, std::string temporary)
        : path_(std::move(path)), temporary_(std::move(temporary)) {}

    std::string path_;
    std::string temporary_;
};

// Removes temporary files that a killed process left beside `path`. Only under the file's lock.
void remove_strays(const std::string& path);

// Overwrites an existing file without replacing it, with a backup beside `backup_beside` for the
// time being. `old` is put back if writing fails.
[[nodiscard]] Result<void> rewrite_in_place(const std::string& path,
                                            const std::string& backup_beside, std::string_view old,
                                            std::string_view bytes);

// Refuses if the backup of an unfinished rewrite_in_place() lies beside `path`.
[[nodiscard]] Result<void> check_no_backup(const std::string& path);

} // namespace leasehold::kubeconfig
