// Files as a program with secrets must treat them: owner and mode checked on the open descriptor,
// directories private, writes all or nothing.
#pragma once

#include "src/base/error.hpp"
#include "src/base/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace leasehold {

// Which bytes a path stood for when it was opened: any edit or replacement changes one of these.
struct FileIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;

    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

// What a file must be before its content is used. Each set rule is checked with fstat on the open
// descriptor, so that nothing can be swapped in between.
struct FileRules {
    bool owned_by_me = false;            // by the effective uid, or by root
    bool not_writable_by_others = false; // mode & 022 == 0
    bool private_to_me = false;          // mode & 077 == 0
    bool follow_symlinks = true;
    bool streams = false;        // pipes and devices are taken, too; a pipe is waited for
    std::size_t limit = 1 << 20; // larger files are refused
};

struct OpenFile {
    Fd fd;
    FileIdentity identity;
    mode_t mode = 0; // with the kind of file
};

// Opens a regular file for reading; a FIFO or device never blocks it, unless the rules take them.
// Empty if there is none.
// Errors carry ErrorCode::configuration and name path, rule and remedy (chmod, chown).
[[nodiscard]] Result<std::optional<OpenFile>> open_checked(const std::string& path,
                                                           const FileRules& rules);

// All bytes of an open file, up to `limit`.
[[nodiscard]] Result<std::string> read_all(const OpenFile& file, const std::string& path,
                                           std::size_t limit);

// Opens, checks and reads. A missing file is an error here, with `what` naming its role.
[[nodiscard]] Result<std::string> read_file(const std::string& path, const FileRules& rules,
                                            std::string_view what);

// Makes `path` and its missing parents, each 0700, and checks that the last one is a directory of
// this user's that no other can write to. With sudo (doas, pkexec) root makes none in a
// directory that is another user's.
[[nodiscard]] Result<void> make_private_directory(const std::string& path);

// The same check alone. False if there is no such directory.
[[nodiscard]] Result<bool> check_private_directory(const std::string& path);

// Replaces a file's content in one step: a temporary file beside it, fsync, rename, fsync of the
// directory. Nothing lands unless commit() succeeds; the destructor only removes the temporary.
class AtomicFile {
public:
    // `path` must not be a symlink the caller has not resolved: the link itself is replaced.
    [[nodiscard]] static Result<AtomicFile> create(std::string path, mode_t mode);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;
    ~AtomicFile();

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] Result<void> write(std::string_view bytes);
    [[nodiscard]] Result<void> commit();

private:
    AtomicFile(std::string path, std::string temporary, Fd fd)
        : path_(std::move(path)), temporary_(std::move(temporary)), fd_(std::move(fd)) {}

    std::string path_;
    std::string temporary_;
    Fd fd_;
};

// Writes `bytes` to `path` by an AtomicFile.
[[nodiscard]] Result<void> write_file(const std::string& path, std::string_view bytes, mode_t mode);

// The directory part of a path, "." if it has none, "/" for the root.
[[nodiscard]] std::string directory_of(std::string_view path);

// `path` if absolute, else `directory`/`path`; "~/" at the front becomes `home` (if that is set).
[[nodiscard]] std::string resolve_path(std::string_view path, std::string_view directory,
                                       std::string_view home);

// True for a path that means something to this process only, or only now: /dev/stdin, /dev/fd/3,
// /proc/self/... Nothing that is read later may be named so.
[[nodiscard]] bool is_passing_path(std::string_view path);

// `path` against the working directory, "~/" being `home` (if that is set), without "." and
// doubled slashes; ".." stays, for behind a link it is not the directory before it.
[[nodiscard]] std::string absolute_path(std::string_view path, std::string_view home);

} // namespace leasehold
