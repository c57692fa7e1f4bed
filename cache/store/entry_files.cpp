#include "cache/store/entry_files.hpp"

#include "cache/record/key.hpp"
#include "src/base/error.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/random.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

// A temporary file that a killed writer left behind.
constexpr std::int64_t abandoned_after = 600;
constexpr std::string_view temporary = ".tmp-";
constexpr std::size_t digest_size = 64;

bool is_in_memory(int fd) {
    struct statfs system {};
    // glibc and the kernel differ in how the number is signed.
    return ::fstatfs(fd, &system) == 0 &&
           (static_cast<std::uint32_t>(system.f_type) == TMPFS_MAGIC ||
            static_cast<std::uint32_t>(system.f_type) == RAMFS_MAGIC);
}

StoreError directory_error(StoreFault fault, const std::string& path, const std::string& what,
                           const std::string& hint = {}) {
    return {fault, quoted(path) + ' ' + what, hint};
}

StoreResult<uid_t> check_directory(int fd, const std::string& path, Medium medium) {
    struct stat status {};
    if (::fstat(fd, &status) != 0)
        return directory_error(StoreFault::failed, path,
                               "cannot be examined: " + errno_text(errno));
    if (status.st_uid != ::geteuid())
        return directory_error(StoreFault::refused, path,
                               "belongs to another user (uid " + std::to_string(status.st_uid) +
                                   ")");
    if ((status.st_mode & 077U) != 0)
        return directory_error(StoreFault::refused, path, "can be reached by other users",
                               "run: chmod 700 " + shell_word(path));
    if (medium == Medium::memory && !is_in_memory(fd))
        return directory_error(StoreFault::unavailable, path, "is not on a memory file system");
    return status.st_uid;
}

// Why this is no file of ours alone; "" if it is. One without a name was replaced since it was
// opened: its content is the old entry's, whole.
std::string trouble_of(const struct stat& status, uid_t owner, std::size_t limit) {
    if (!S_ISREG(status.st_mode))
        return "is not a regular file";
    if (status.st_uid != owner)
        return "belongs to another user (uid " + std::to_string(status.st_uid) + ")";
    if ((status.st_mode & 077U) != 0)
        return "can be read by other users";
    if (status.st_nlink > 1)
        return "has a second name";
    if (status.st_size < 0 || static_cast<std::size_t>(status.st_size) > limit)
        return "is larger than " + std::to_string(limit) + " bytes";
    return {};
}

// 0, or an errno.
int read_exactly(int fd, std::string& text) {
    std::size_t used = 0;
    while (used < text.size()) {
        const ssize_t count = ::read(fd, text.data() + used, text.size() - used);
        if (count < 0 && errno != EINTR)
            return errno;
        if (count == 0)
            break;
        used += count < 0 ? 0 : static_cast<std::size_t>(count);
    }
    text.resize(used);
    return 0;
}

// What the machine lacks says nothing of the file.
bool wants_more(int error_number) {
    return error_number == EMFILE || error_number == ENFILE || error_number == ENOMEM ||
           error_number == EIO;
}

std::string temporary_name(const std::string& name) {
    return name + std::string(temporary) + temporary_suffix();
}

// 0, or an errno.
int write_new(int directory, const std::string& name, std::string_view bytes, Survives survives) {
    const Fd file(::openat(directory, name.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    // The umask may have taken bits away that the file is to have.
    if (!file || ::fchmod(file.get(), 0600) != 0)
        return errno;
    if (const int error_number = write_all(file.get(), bytes))
        return error_number;
    return survives == Survives::power_loss && ::fsync(file.get()) != 0 ? errno : 0;
}

} // namespace

bool is_on_memory_file_system(const std::string& directory) {
    const Fd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return opened && is_in_memory(opened.get());
}

StoreFault file_fault(int error_number) {
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return StoreFault::full;
    case EROFS:
    case EACCES:
    case EPERM:
    case ENAMETOOLONG:
        return StoreFault::unavailable;
    default:
        return StoreFault::failed;
    }
}

StoreResult<std::optional<EntryFiles>> EntryFiles::open(const std::string& path, Medium medium) {
    Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory && errno == ENOENT)
        return std::optional<EntryFiles>();
    if (!directory && (errno == ELOOP || errno == ENOTDIR))
        return directory_error(StoreFault::refused, path, "is not a directory of its own");
    if (!directory)
        return directory_error(file_fault(errno), path, "cannot be opened: " + errno_text(errno));
    LEASEHOLD_TRY_ASSIGN(const uid_t owner, check_directory(directory.get(), path, medium));
    return std::optional<EntryFiles>(EntryFiles(std::move(directory), path, owner));
}

StoreResult<std::optional<Secret>> EntryFiles::read(const std::string& name,
                                                    std::size_t limit) const {
    // O_NONBLOCK: opening a FIFO must not wait for a writer.
    const Fd file(::openat(directory_.get(), name.c_str(),
                           O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!file && errno == ENOENT)
        return std::optional<Secret>();
    if (!file)
        return error(wants_more(errno) ? StoreFault::failed : StoreFault::refused, name,
                     "cannot be opened: " + errno_text(errno));
    struct stat status {};
    if (::fstat(file.get(), &status) != 0)
        return error(StoreFault::failed, name, "cannot be examined: " + errno_text(errno));
    if (const std::string trouble = trouble_of(status, owner_, limit); !trouble.empty())
        return error(StoreFault::refused, name, trouble);
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    if (const int error_number = read_exactly(file.get(), text))
        return error(StoreFault::failed, name, "cannot be read: " + errno_text(error_number));
    return std::optional(Secret::take(std::move(text)));
}

StoreResult<void> EntryFiles::write(const std::string& name, std::string_view bytes,
                                    Survives survives) const {
    const std::string beside = temporary_name(name);
    int error_number = write_new(directory_.get(), beside, bytes, survives);
    if (error_number == 0 &&
        ::renameat(directory_.get(), beside.c_str(), directory_.get(), name.c_str()) != 0)
        error_number = errno;
    if (error_number != 0) {
        (void)::unlinkat(directory_.get(), beside.c_str(), 0);
        return error(file_fault(error_number), name,
                     "cannot be written: " + errno_text(error_number));
    }
    // The content is safe by now; a file system that cannot sync directories loses nothing.
    if (survives == Survives::power_loss)
        (void)::fsync(directory_.get());
    return {};
}

StoreResult<bool> EntryFiles::remove(const std::string& name) const {
    if (::unlinkat(directory_.get(), name.c_str(), 0) == 0)
        return true;
    if (errno == ENOENT)
        return false;
    return error(file_fault(errno), name, "cannot be removed: " + errno_text(errno));
}

StoreResult<void> EntryFiles::check_writable() const {
    if (::faccessat(directory_.get(), ".", W_OK, 0) == 0)
        return {};
    return directory_error(file_fault(errno), path_, "cannot be written to: " + errno_text(errno));
}

std::string EntryFiles::room() const {
    struct statvfs system {};
    std::string text = "in " + path_;
    if (::fstatvfs(directory_.get(), &system) == 0)
        text += ", " + std::to_string((system.f_bavail * system.f_frsize) >> 20) + " MiB free";
    return text;
}

StoreResult<std::vector<std::string>> EntryFiles::digests(std::string_view suffix) const {
    LEASEHOLD_TRY_ASSIGN(const auto all, names(suffix));
    std::vector<std::string> found;
    for (const std::string& name : all)
        if (name.size() == digest_size + suffix.size())
            found.push_back(name.substr(0, digest_size));
    return found;
}

void EntryFiles::remove_abandoned(std::string_view suffix) const {
    const auto all = names(std::string(suffix) + std::string(temporary));
    for (const std::string& name : all ? *all : std::vector<std::string>()) {
        struct stat status {};
        if (::fstatat(directory_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            ::time(nullptr) - status.st_mtime > abandoned_after)
            (void)::unlinkat(directory_.get(), name.c_str(), 0);
    }
}

// Those that are a key's digest, then `ending`, then anything.
StoreResult<std::vector<std::string>> EntryFiles::names(std::string_view ending) const {
    // One of its own: reading a directory moves its place in it.
    Fd own(::openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::fdopendir(own.get()), ::closedir);
    if (!directory)
        return directory_error(file_fault(errno), path_, "cannot be listed: " + errno_text(errno));
    (void)own.release();
    std::vector<std::string> found;
    const auto next = [&] {
        errno = 0;
        return ::readdir(directory.get());
    };
    while (const dirent* entry = next()) {
        const std::string_view name(entry->d_name);
        if (name.size() > digest_size && is_key_digest(name.substr(0, digest_size)) &&
            name.substr(digest_size).starts_with(ending))
            found.emplace_back(name);
    }
    if (errno != 0)
        return directory_error(file_fault(errno), path_, "cannot be listed: " + errno_text(errno));
    return found;
}

StoreError EntryFiles::error(StoreFault fault, const std::string& name,
                             std::string_view what) const {
    return {fault, quoted(path_ + '/' + name) + ' ' + std::string(what),
            fault == StoreFault::refused ? "remove it" : ""};
}

} // namespace leasehold::cache
