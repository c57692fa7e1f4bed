#include "src/base/child.hpp"

#include <cerrno>
#include <csignal>
#include <mutex>
#include <vector>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leasehold {
namespace {

// Under it a child is reaped, too, so that no signal goes to another process that has its number
// by then.
std::mutex& children_mutex() {
    static std::mutex mutex;
    return mutex;
}

// Those that are to end with us.
std::vector<Child*>& ending_children() {
    static std::vector<Child*> children;
    return children;
}

} // namespace

Child::Child(pid_t pid, bool ends_with_us)
    : pid_(pid), watch_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {
    if (!ends_with_us)
        return;
    const std::lock_guard lock(children_mutex());
    ending_children().push_back(this);
}

Child::~Child() {
    {
        const std::lock_guard lock(children_mutex());
        std::erase(ending_children(), this);
    }
    if (pid_ <= 0)
        return;
    // Without the lock: a child that the kernel holds (a dead NFS server) must not hold whoever
    // ends us, too.
    signal_group(SIGKILL);
    (void)::waitpid(pid_, nullptr, 0);
}

bool Child::has_ended() {
    const std::lock_guard lock(children_mutex());
    const pid_t reaped = ::waitpid(pid_, &status_, WNOHANG);
    if (reaped != pid_ && (reaped >= 0 || errno == EINTR))
        return false;
    pid_ = -1;
    return true;
}

bool Child::interrupted() const {
    const std::lock_guard lock(children_mutex());
    return interrupted_;
}

void Child::signal_group(int signal) const {
    (void)::kill(-pid_, signal);
    (void)::kill(pid_, signal);
}

void end_children(int signal) {
    const std::lock_guard lock(children_mutex());
    for (Child* child : ending_children()) {
        if (child->pid_ <= 0)
            continue;
        child->interrupted_ = true;
        child->signal_group(signal);
    }
}

} // namespace leasehold
