#include "kubeconfig/file/lock.hpp"

#include "src/base/fd.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <thread>
#include <utility>

#include <fcntl.h>
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
        const Fd fd(
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        struct stat status {};
        if (fd && ::fstat(fd.get(), &status) == 0)
            return FileLock(path, status.st_dev, status.st_ino);
        if (errno != EEXIST)
            return lock_error(path, errno);
        if (signals.pending())
            return make_error(ErrorCode::interrupted, "interrupted while waiting for a lock");
        if (break_old)
            break_old_lock(path);
        if (deadline.passed())
            return still_locked(path, break_old);
        std::this_thread::sleep_for(poll);
    }
}

FileLock::FileLock(FileLock&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), inode_(other.inode_) {}

FileLock::~FileLock() {
    // Somebody may have broken this lock and made one of their own.
    struct stat status {};
    const bool ours = !path_.empty() && ::lstat(path_.c_str(), &status) == 0 &&
                      status.st_dev == device_ && status.st_ino == inode_;
    if (ours)
        (void)::unlink(path_.c_str());
}

} // namespace leasehold::kubeconfig
