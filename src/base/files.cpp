#include "src/base/files.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/random.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iterator>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold {
namespace {

constexpr std::int64_t to_ns(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

Error file_error(const std::string& path, std::string_view what, std::string hint = {}) {
    return make_error(ErrorCode::configuration, quoted(path) + ' ' + std::string(what),
                      std::move(hint));
}

// Root is told of root's own home: another's file that root takes over is lost to its owner.
std::string hint_for_foreign_file(const std::string& path) {
    if (::geteuid() == 0)
        return "run it as that user, or with root's own files: sudo -H";
    return "make a copy of your own, or run: chown " + std::to_string(::geteuid()) + ' ' +
           shell_word(path);
}

Result<void> check_rules(const struct stat& status, const std::string& path,
                         const FileRules& rules) {
    const bool stream = S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode);
    if (!S_ISREG(status.st_mode) && !(rules.streams && stream))
        return file_error(path, "is not a regular file");
    if (rules.owned_by_me && status.st_uid != 0 && status.st_uid != ::geteuid())
        return file_error(path,
                          "belongs to another user (uid " + std::to_string(status.st_uid) + ")",
                          hint_for_foreign_file(path));
    if (rules.private_to_me && (status.st_mode & 077) != 0)
        return file_error(path, "can be read by other users", "run: chmod 600 " + shell_word(path));
    if (rules.not_writable_by_others && (status.st_mode & 022) != 0)
        return file_error(path, "can be changed by other users",
                          "run: chmod go-w " + shell_word(path));
    if (status.st_size < 0 || static_cast<std::size_t>(status.st_size) > rules.limit)
        return file_error(path, "is larger than " + std::to_string(rules.limit) + " bytes");
    return {};
}

Error write_error(const std::string& path, int error_number) {
    return with_context("cannot write " + quoted(path),
                        make_error(ErrorCode::configuration, errno_text(error_number)));
}

} // namespace

Result<std::optional<OpenFile>> open_checked(const std::string& path, const FileRules& rules) {
    // O_NONBLOCK: opening a FIFO must not wait for a writer; it means nothing for regular files.
    const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (rules.streams ? 0 : O_NONBLOCK) |
                      (rules.follow_symlinks ? 0 : O_NOFOLLOW);
    Fd fd(::open(path.c_str(), flags));
    if (!fd && (errno == ENOENT || errno == ENOTDIR))
        return std::optional<OpenFile>();
    if (!fd && errno == ELOOP && !rules.follow_symlinks)
        return file_error(path, "is a symbolic link, which is not allowed here");
    if (!fd)
        return file_error(path, "cannot be opened: " + errno_text(errno));
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0)
        return file_error(path, "cannot be examined: " + errno_text(errno));
    LEASEHOLD_TRY(check_rules(status, path, rules));
    const FileIdentity identity{status.st_dev, status.st_ino, status.st_size, to_ns(status.st_mtim),
                                to_ns(status.st_ctim)};
    return std::optional<OpenFile>(OpenFile{std::move(fd), identity, status.st_mode});
}

Result<std::string> read_all(const OpenFile& file, const std::string& path, std::size_t limit) {
    std::string text;
    // One byte more than expected: a file that grows meanwhile shows itself.
    text.resize(static_cast<std::size_t>(file.identity.size) + 1);
    std::size_t used = 0;
    while (true) {
        const ssize_t count = ::read(file.fd.get(), text.data() + used, text.size() - used);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return file_error(path, "cannot be read: " + errno_text(errno));
        if (count == 0)
            break;
        used += static_cast<std::size_t>(count);
        if (used > limit)
            return file_error(path, "is larger than " + std::to_string(limit) + " bytes");
        if (used == text.size())
            text.resize(text.size() * 2);
    }
    text.resize(used);
    return text;
}

Result<std::string> read_file(const std::string& path, const FileRules& rules,
                              std::string_view what) {
    LEASEHOLD_TRY_ASSIGN(std::optional<OpenFile> file, open_checked(path, rules));
    if (!file)
        return make_error(ErrorCode::configuration,
                          std::string(what) + ' ' + quoted(path) + " does not exist");
    return read_all(*file, path, rules.limit);
}

namespace {

// Root by way of another user, who stands behind this very call.
bool is_sudo() {
    constexpr const char* variables[] = {"SUDO_UID", "SUDO_USER", "DOAS_USER", "PKEXEC_UID"};
    return ::geteuid() == 0 && std::any_of(std::begin(variables), std::end(variables),
                                           [](const char* name) { return std::getenv(name); });
}

Result<void> make_one_directory(const std::string& path) {
    const std::string above = directory_of(path);
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0)
        return {};
    // With sudo HOME may still be the user's, who could neither use nor remove what root makes. In
    // a container root's HOME may be anybody's.
    if (is_sudo() && ::stat(above.c_str(), &status) == 0 && status.st_uid != 0)
        return file_error(above,
                          "belongs to another user (uid " + std::to_string(status.st_uid) +
                              "), and root makes nothing there",
                          "run it as that user, or with root's own HOME: sudo -H");
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        return with_context("cannot make directory " + quoted(path),
                            make_error(ErrorCode::configuration, errno_text(errno)));
    return {};
}

} // namespace

Result<void> make_private_directory(const std::string& path) {
    for (std::size_t at = 0; at != std::string::npos && at < path.size();) {
        at = path.find('/', at + 1);
        LEASEHOLD_TRY(make_one_directory(path.substr(0, at)));
    }
    LEASEHOLD_TRY_ASSIGN(const bool there, check_private_directory(path));
    if (!there)
        return file_error(path, "cannot be opened: " + errno_text(ENOENT));
    return {};
}

Result<bool> check_private_directory(const std::string& path) {
    const Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat status {};
    if (!directory && errno == ENOENT)
        return false;
    if (!directory || ::fstat(directory.get(), &status) != 0)
        return file_error(path, "cannot be opened: " + errno_text(errno));
    if (status.st_uid != ::geteuid())
        return file_error(path,
                          "belongs to another user (uid " + std::to_string(status.st_uid) + ")");
    if ((status.st_mode & 022) != 0)
        return file_error(path, "can be changed by other users",
                          "run: chmod 700 " + shell_word(path));
    return true;
}

Result<AtomicFile> AtomicFile::create(std::string path, mode_t mode) {
    std::string temporary = path + ".tmp-" + temporary_suffix();
    Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!fd)
        return write_error(path, errno);
    // The umask may have taken bits away that the file is to have.
    if (::fchmod(fd.get(), mode) != 0) {
        const int error_number = errno;
        (void)::unlink(temporary.c_str());
        return write_error(path, error_number);
    }
    return AtomicFile(std::move(path), std::move(temporary), std::move(fd));
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})),
      fd_(std::move(other.fd_)) {}

AtomicFile::~AtomicFile() {
    if (!temporary_.empty())
        (void)::unlink(temporary_.c_str());
}

Result<void> AtomicFile::write(std::string_view bytes) {
    if (const int error_number = write_all(fd_.get(), bytes); error_number != 0)
        return write_error(path_, error_number);
    return {};
}

Result<void> AtomicFile::commit() {
    if (::fsync(fd_.get()) != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0)
        return write_error(path_, errno);
    temporary_.clear();
    // The content is safe by now; a file system that cannot sync directories loses nothing.
    const Fd directory(::open(directory_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory)
        (void)::fsync(directory.get());
    return {};
}

Result<void> write_file(const std::string& path, std::string_view bytes, mode_t mode) {
    LEASEHOLD_TRY_ASSIGN(AtomicFile file, AtomicFile::create(path, mode));
    LEASEHOLD_TRY(file.write(bytes));
    return file.commit();
}

std::string directory_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos)
        return ".";
    return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

std::string resolve_path(std::string_view path, std::string_view directory, std::string_view home) {
    if (path.empty() || path.front() == '/')
        return std::string(path);
    if (!home.empty() && path == "~")
        return std::string(home);
    if (!home.empty() && path.starts_with("~/"))
        return std::string(home) + std::string(path.substr(1));
    return std::string(directory) + '/' + std::string(path);
}

bool is_passing_path(std::string_view path) {
    return path.starts_with("/dev/fd/") || path.starts_with("/dev/std") ||
           path.starts_with("/proc/");
}

std::string absolute_path(std::string_view path, std::string_view home) {
    std::string here = "/";
    if (char* directory = ::get_current_dir_name(); directory != nullptr) {
        here = directory;
        std::free(directory);
    }
    const std::string whole = resolve_path(path, here, home);
    std::string out;
    for (std::string_view rest = whole; !rest.empty();) {
        const std::string_view element = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(rest.size(), element.size() + 1));
        if (!element.empty() && element != ".")
            out.append("/").append(element);
    }
    return out.empty() ? "/" : out;
}

} // namespace leasehold
