#include "cache/notes/skip_marker.hpp"

#include "cache/store/private_directory.hpp"

#include <ctime>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::cache {

std::string SkipMarker::path() const {
    return directory_ + '/' + name_;
}

std::optional<Seconds> SkipMarker::time_left() const {
    struct stat status {};
    if (directory_.empty() || ::lstat(path().c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_uid != ::geteuid())
        return std::nullopt;
    const Seconds age(::time(nullptr) - status.st_mtime);
    return age >= Seconds(0) && age < counts_for_ ? std::optional(counts_for_ - age) : std::nullopt;
}

void SkipMarker::set() const {
    if (directory_.empty())
        return;
    const auto directory =
        open_private_directory(directory_, DirectoryRule::not_writable_by_others);
    if (!directory)
        return;
    const Fd file(::openat(directory->get(), name_,
                           O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
    if (file)
        (void)::futimens(file.get(), nullptr);
}

void SkipMarker::remove() const {
    if (!directory_.empty())
        (void)::unlink(path().c_str());
}

} // namespace leasehold::cache
