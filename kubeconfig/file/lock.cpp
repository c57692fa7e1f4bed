#include "kubeconfig/file/lock.hpp"

#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::kubeconfig {
namespace {

constexpr Seconds old_lock{60};
constexpr Milliseconds poll{20};
// Beyond its file size limit a program gets the first, and when somebody wants to write a file on
// which it has a lease the second; we look at error numbers and the lease instead.
constexpr std::array unwanted_signals = {SIGXFSZ, SIGIO};
constexpr std::array held_signals = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGALRM, SIGPIPE};

Error lock_error(const std::string& path, int error_number) {
    return system_error(ErrorCode::configuration, "cannot make the lock file " + quoted(path),
                        error_number);
}

// Negative if its time stamp lies ahead: the clock was set back, or a file server's is ahead.
Seconds age_of(const struct stat& status) {
    return Seconds(std::time(nullptr) - status.st_mtim.tv_sec);
}

bool is_old(const struct stat& status) {
    return age_of(status) >= old_lock || age_of(status) <= -old_lock;
}

Error still_locked(const std::string& path, bool break_old) {
    struct stat status {};
    const bool there = ::lstat(path.c_str(), &status) == 0;
    const Seconds age = there ? age_of(status) : Seconds(0);
    const std::string dated = age < Seconds(0)
                                  ? "dated " + format_duration(-age) + " ahead of the clock"
                                  : format_duration(age) + " old";
    const std::string breaking = break_old || (there && !is_old(status))
                                     ? "--break-lock takes it away once it is a minute old"
                                     : "or run the command again with --break-lock";
    return make_error(ErrorCode::configuration,
                      "the kubeconfig is locked: " + quoted(path) + " exists and is " + dated,
                      "if no other program is changing the file, remove the lock: rm " +
                          shell_word(path) + '\n' + breaking);
}

// Removes a lock file if it is old. Renamed first: if another program has replaced it meanwhile,
// that one's lock gets its name back.
void break_old_lock(const std::string& path) {
    struct stat seen {};
    if (::lstat(path.c_str(), &seen) != 0 || !S_ISREG(seen.st_mode) || !is_old(seen))
        return;
    const std::string aside = path + ".broken-" + std::to_string(::getpid());
    struct stat moved {};
    if (::rename(path.c_str(), aside.c_str()) != 0 || ::lstat(aside.c_str(), &moved) != 0)
        return;
    if (moved.st_ino != seen.st_ino || moved.st_dev != seen.st_dev)
        (void)!::link(aside.c_str(), path.c_str());
    (void)::unlink(aside.c_str());
}

// What a lock file of ours has in it. Another boot's, or another machine's on a shared disk, cannot
// be judged by the kernel's lock.
std::string mark() {
    const std::string boot = SystemClock().boot_id();
    return boot.empty() ? "" : "leasehold " + boot + '\n';
}

// Where the disk or the file system will not have it, the lock is as any program's.
void mark_as_ours(const Fd& fd) {
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0)
        (void)write_all(fd.get(), mark());
}

// A new lock file: it has its mark from the moment that it has its name, except on file systems
// that have no file without a name. Empty, and errno says why, if there is one or none can be made.
Fd make_lock(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0) {
        errno = EEXIST;
        return Fd();
    }
    Fd nameless(::open(directory_of(path).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (nameless) {
        mark_as_ours(nameless);
        const std::string name = "/proc/self/fd/" + std::to_string(nameless.get());
        if (::linkat(AT_FDCWD, name.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0)
            return nameless;
    }
    Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (fd)
        mark_as_ours(fd);
    return fd;
}

// The lock file, if a leasehold left it that lives no more; of several that ask one gets it.
Fd find_abandoned(const std::string& path) {
    Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat opened {};
    struct stat named {};
    if (!fd || ::fstat(fd.get(), &opened) != 0 || !S_ISREG(opened.st_mode) ||
        opened.st_uid != ::geteuid() || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
        return Fd();
    std::array<char, 64> text{};
    const ssize_t length = ::read(fd.get(), text.data(), text.size());
    // Who had the lock before us may have removed it at its end.
    const bool ours = length > 0 &&
                      std::string_view(text.data(), static_cast<std::size_t>(length)) == mark() &&
                      ::lstat(path.c_str(), &named) == 0 && named.st_dev == opened.st_dev &&
                      named.st_ino == opened.st_ino;
    return ours ? std::move(fd) : Fd();
}

} // namespace

SignalHold::SignalHold() noexcept {
    (void)sigemptyset(&held_);
    for (const int number : held_signals)
        (void)sigaddset(&held_, number);
    sigset_t blocked = held_;
    for (const int number : unwanted_signals)
        (void)sigaddset(&blocked, number);
    (void)pthread_sigmask(SIG_BLOCK, &blocked, &before_);
}

SignalHold::~SignalHold() {
    sigset_t unwanted{};
    (void)sigemptyset(&unwanted);
    for (const int number : unwanted_signals) {
        if (sigismember(&before_, number) == 0)
            (void)sigaddset(&unwanted, number);
    }
    const timespec now{};
    while (sigtimedwait(&unwanted, nullptr, &now) > 0) {
    }
    (void)pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool SignalHold::pending() const noexcept {
    sigset_t waiting{};
    (void)sigpending(&waiting);
    for (const int number : held_signals) {
        if (number != SIGPIPE && sigismember(&waiting, number) == 1 &&
            sigismember(&before_, number) == 0)
            return true;
    }
    return false;
}

Result<FileLock> FileLock::take(const std::string& file, Deadline deadline, bool break_old,
                                const SignalHold& signals) {
    const std::string path = file + ".lock";
    while (true) {
        Fd fd = make_lock(path);
        if (!fd && errno != EEXIST)
            return lock_error(path, errno);
        if (!fd)
            fd = find_abandoned(path);
        struct stat status {};
        if (fd && ::fstat(fd.get(), &status) == 0)
            return FileLock(path, std::move(fd), status.st_dev, status.st_ino);
        if (signals.pending())
            return make_error(ErrorCode::interrupted, "interrupted while waiting for a lock");
        if (break_old)
            break_old_lock(path);
        if (deadline.passed())
            return still_locked(path, break_old);
        std::this_thread::sleep_for(poll);
    }
}

void FileLock::remove_abandoned(const std::string& file) {
    const std::string path = file + ".lock";
    if (const Fd fd = find_abandoned(path))
        (void)::unlink(path.c_str());
}

FileLock::FileLock(FileLock&& other) noexcept
    : path_(std::exchange(other.path_, {})), fd_(std::move(other.fd_)), device_(other.device_),
      inode_(other.inode_) {}

FileLock::~FileLock() {
    // Somebody may have broken this lock and made one of their own.
    struct stat status {};
    const bool ours = !path_.empty() && ::lstat(path_.c_str(), &status) == 0 &&
                      status.st_dev == device_ && status.st_ino == inode_;
    if (ours)
        (void)::unlink(path_.c_str());
}

} // namespace leasehold::kubeconfig
