#include "cache/notes/lock.hpp"

#include "cache/record/key.hpp"
#include "cache/store/private_directory.hpp"

#include <algorithm>
#include <cerrno>
#include <random>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

constexpr Milliseconds first_nap{5};
constexpr Milliseconds longest_nap{50};

bool is_own_file(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
           status.st_nlink == 1;
}

Fd open_lock_file(const std::string& directory, std::string_view key_digest) {
    if (!is_key_digest(key_digest))
        return {};
    const auto opened = open_private_directory(directory, DirectoryRule::not_writable_by_others);
    if (!opened)
        return {};
    const std::string name = std::string(key_digest) + ".lock";
    Fd file(::openat(opened->get(), name.c_str(),
                     O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600));
    return file && is_own_file(file.get()) ? std::move(file) : Fd();
}

// 0 when locked, EWOULDBLOCK when somebody else has it, else why locking does not work.
int try_lock(int fd) {
    while (::flock(fd, LOCK_EX | LOCK_NB) != 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

// Polled, since a blocking flock() knows no deadline. The naps grow and differ, so that a hundred
// waiters do not wake in step.
class Naps {
public:
    void take(Deadline deadline) {
        std::uniform_int_distribution<Milliseconds::rep> part(length_.count() / 2, length_.count());
        std::this_thread::sleep_for(std::min(Milliseconds(part(random_)), deadline.left()));
        length_ = std::min(length_ * 2, longest_nap);
    }

private:
    std::minstd_rand random_{static_cast<unsigned>(::getpid())};
    Milliseconds length_ = first_nap;
};

} // namespace

KeyLock KeyLock::acquire(const std::string& directory, std::string_view key_digest,
                         Deadline deadline) {
    Fd file = open_lock_file(directory, key_digest);
    if (!file)
        return {State::unsupported, Fd()};
    for (Naps naps; true; naps.take(deadline)) {
        const int error_number = try_lock(file.get());
        if (error_number == 0 && is_own_file(file.get()))
            return {State::acquired, std::move(file)};
        if (error_number == 0) { // it was swept away in the meantime (sweeping.hpp)
            file = open_lock_file(directory, key_digest);
            if (!file)
                return {State::unsupported, Fd()};
            continue;
        }
        if (error_number != EWOULDBLOCK)
            return {State::unsupported, Fd()}; // ENOLCK: a file system without locks (FILE-6)
        if (deadline.passed())
            return {State::timed_out, Fd()};
    }
}

void KeyLock::release() noexcept {
    file_.reset();
}

} // namespace leasehold::cache
