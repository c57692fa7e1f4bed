#include "cache/store/private_directory.hpp"

#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

Error directory_error(const std::string& path, std::string_view what, std::string hint = {}) {
    return make_error(ErrorCode::configuration, quoted(path) + ' ' + std::string(what),
                      std::move(hint));
}

Result<void> check_directory(const struct stat& status, const std::string& path,
                             DirectoryRule rule) {
    if (status.st_uid != ::geteuid())
        return directory_error(path, "belongs to another user (uid " +
                                         std::to_string(status.st_uid) + ")");
    if ((status.st_mode & 022) != 0)
        return directory_error(path, "can be changed by other users",
                               "run: chmod 700 " + shell_word(path));
    if (rule == DirectoryRule::private_to_me && (status.st_mode & 077) != 0)
        return directory_error(path, "can be read by other users",
                               "run: chmod 700 " + shell_word(path));
    return {};
}

} // namespace

Result<Fd> open_private_directory(const std::string& path, DirectoryRule rule) {
    if (path.empty() || path.front() != '/')
        return directory_error(path, "is not an absolute path");
    LEASEHOLD_TRY(make_private_directory(path));
    Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (!directory || ::fstat(directory.get(), &status) != 0)
        return directory_error(path, errno == ELOOP || errno == ENOTDIR
                                         ? "is not a directory of its own"
                                         : "cannot be opened: " + errno_text(errno));
    LEASEHOLD_TRY(check_directory(status, path, rule));
    return directory;
}

Result<void> check_parents(const std::string& path) {
    for (std::string above = directory_of(path); true; above = directory_of(above)) {
        struct stat status {};
        if (::stat(above.c_str(), &status) != 0)
            return directory_error(above, "cannot be examined: " + errno_text(errno));
        if (status.st_uid != ::geteuid() && status.st_uid != 0)
            return directory_error(above, "belongs to another user (uid " +
                                              std::to_string(status.st_uid) + ")");
        if ((status.st_mode & 022) != 0 && (status.st_mode & S_ISVTX) == 0)
            return directory_error(above, "can be changed by other users",
                                   "run: chmod go-w " + shell_word(above));
        if (above == "/" || above == ".")
            return {};
    }
}

} // namespace leasehold::cache
