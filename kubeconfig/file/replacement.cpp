#include "kubeconfig/file/replacement.hpp"

#include "kubeconfig/file/attributes.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/random.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::kubeconfig {
namespace {

constexpr std::string_view temporary_mark = ".leasehold-tmp-";
constexpr std::string_view hex_digits = "0123456789abcdef";

std::string backup_of(const std::string& path) {
    return path + ".leasehold-backup";
}

std::string name_of(const std::string& path) {
    return path.substr(path.rfind('/') + 1); // npos + 1 is 0
}

Error write_error(const std::string& path, int error_number) {
    return system_error(ErrorCode::configuration, "cannot write " + quoted(path), error_number);
}

void sync_directory_of(const std::string& path) {
    const Fd directory(::open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory)
        (void)::fsync(directory.get());
}

int write_and_sync(int fd, std::string_view bytes) {
    const int error_number = write_all(fd, bytes);
    if (error_number != 0)
        return error_number;
    return ::fsync(fd) == 0 ? 0 : errno;
}

int overwrite(int fd, std::string_view bytes) {
    if (::lseek(fd, 0, SEEK_SET) != 0)
        return errno;
    if (const int error_number = write_all(fd, bytes); error_number != 0)
        return error_number;
    if (::ftruncate(fd, static_cast<off_t>(bytes.size())) != 0)
        return errno;
    return ::fsync(fd) == 0 ? 0 : errno;
}

Result<void> make_backup(const std::string& path, std::string_view bytes) {
    const std::string backup = backup_of(path);
    const Fd fd(::open(backup.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd)
        return write_error(backup, errno);
    if (const int error_number = write_and_sync(fd.get(), bytes); error_number != 0) {
        (void)::unlink(backup.c_str());
        return write_error(backup, error_number);
    }
    sync_directory_of(backup);
    return {};
}

bool is_stray(std::string_view file, const std::string& prefix) {
    return file.size() == prefix.size() + temporary_suffix_size && file.starts_with(prefix) &&
           file.find_first_not_of(hex_digits, prefix.size()) == std::string_view::npos;
}

} // namespace

Result<std::optional<Replacement>> Replacement::prepare(const std::string& path,
                                                        std::string_view bytes,
                                                        const FileOwnership& ownership) {
    std::string temporary = path + std::string(temporary_mark) + temporary_suffix();
    // Private until group and mode are right.
    const Fd fd(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd && (errno == EACCES || errno == EROFS || errno == EPERM))
        return std::optional<Replacement>();
    if (!fd)
        return write_error(temporary, errno);
    Replacement made(path, std::move(temporary));
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0)
        return write_error(path, errno);
    if (ownership.group && status.st_gid != *ownership.group &&
        ::fchown(fd.get(), static_cast<uid_t>(-1), *ownership.group) != 0)
        return std::optional<Replacement>();
    if (ownership.attributes_of >= 0 && !copy_attributes(ownership.attributes_of, fd.get()))
        return std::optional<Replacement>();
    if (::fchmod(fd.get(), ownership.mode) != 0)
        return write_error(path, errno);
    if (const int error_number = write_and_sync(fd.get(), bytes); error_number != 0)
        return write_error(path, error_number);
    return std::optional<Replacement>(std::move(made));
}

Replacement::Replacement(Replacement&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})) {}

Replacement::~Replacement() {
    if (!temporary_.empty())
        (void)::unlink(temporary_.c_str());
}

int Replacement::commit(bool exists) {
    const unsigned flags = exists ? 0u : RENAME_NOREPLACE;
    int result = ::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), flags);
    const bool no_flags = result != 0 && !exists && (errno == EINVAL || errno == ENOSYS);
    if (no_flags)
        result = ::rename(temporary_.c_str(), path_.c_str());
    if (result != 0)
        return errno;
    temporary_.clear();
    sync_directory_of(path_);
    return 0;
}

void remove_strays(const std::string& path) {
    const std::string directory = directory_of(path);
    const std::string prefix = name_of(path) + std::string(temporary_mark);
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(directory.c_str()), ::closedir);
    while (const dirent* entry = stream ? ::readdir(stream.get()) : nullptr) {
        if (is_stray(entry->d_name, prefix))
            (void)::unlink((directory + '/' + entry->d_name).c_str());
    }
}

Result<void> check_no_backup(const std::string& path) {
    const std::string backup = backup_of(path);
    if (::access(backup.c_str(), F_OK) != 0)
        return {};
    return make_error(ErrorCode::configuration,
                      "an earlier change of " + quoted(path) +
                          " was cut short; what it was before "
                          "is in " +
                          quoted(backup),
                      "compare the two, keep the right content, then: rm " + shell_word(backup));
}

Result<void> rewrite_in_place(const std::string& path, const std::string& backup_beside,
                              std::string_view old, std::string_view bytes) {
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd)
        return write_error(path, errno);
    LEASEHOLD_TRY(make_backup(backup_beside, old));
    const int error_number = overwrite(fd.get(), bytes);
    if (error_number != 0 && overwrite(fd.get(), old) != 0) {
        Error error = write_error(path, error_number);
        error.hint = "what it was before is in " + backup_of(backup_beside);
        return error;
    }
    (void)::unlink(backup_of(backup_beside).c_str());
    if (error_number != 0)
        return write_error(path, error_number);
    return {};
}

} // namespace leasehold::kubeconfig
