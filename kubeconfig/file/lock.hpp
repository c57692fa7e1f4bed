// client-go's way to lock a kubeconfig: a file beside it that must not exist yet.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/base/fd.hpp"

#include <csignal>
#include <optional>
#include <string>

#include <sys/types.h>

namespace leasehold::kubeconfig {

// Holds back the signals that end or stop a program, for as long as it lives: whatever a lock or
// a temporary file stands for is cleaned up before they act.
class SignalHold {
public:
    SignalHold() noexcept;
    ~SignalHold();
    SignalHold(const SignalHold&) = delete;
    SignalHold& operator=(const SignalHold&) = delete;

    // True if one of them has come.
    [[nodiscard]] bool pending() const noexcept;

private:
    sigset_t held_{};
    sigset_t before_{};
};

// `FILE.lock`, made with O_CREAT|O_EXCL and removed by the destructor. Ours says so, and has a lock
// of the kernel's (flock(2)) as long as its maker lives: one of this boot without it is what a
// killed leasehold left, and is taken over.
class FileLock {
public:
    // Waits for a lock that another program holds. One that is older than a minute, or dated more
    // than a minute ahead of the clock, is removed if `break_old`; never otherwise, for nobody can
    // tell whether its maker is still alive.
    [[nodiscard]] static Result<FileLock> take(const std::string& file, Deadline deadline,
                                               bool break_old, const SignalHold& signals);
    // Takes away what a killed leasehold left of `file`, where nobody will take the lock any more.
    static void remove_abandoned(const std::string& file);
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();

private:
    FileLock(std::string path, Fd fd, dev_t device, ino_t inode)
        : path_(std::move(path)), fd_(std::move(fd)), device_(device), inode_(inode) {}

    std::string path_;
    Fd fd_;
    dev_t device_;
    ino_t inode_;
};

} // namespace leasehold::kubeconfig
