// A process that was started and has to be reaped.
#pragma once

#include "src/base/fd.hpp"

#include <sys/types.h>

namespace leasehold {

// Killed with its process group, and reaped, at the latest when this goes.
class Child {
public:
    Child(pid_t pid, bool ends_with_us);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    // Readable once the child has ended; -1 where the kernel has no such descriptors.
    [[nodiscard]] int watch() const { return watch_.get(); }
    [[nodiscard]] bool has_ended();
    // As waitpid() gives it, after the end.
    [[nodiscard]] int status() const { return status_; }
    // Whether end_children() has reached it.
    [[nodiscard]] bool interrupted() const;

private:
    friend void end_children(int signal);
    void signal_group(int signal) const;

    pid_t pid_;
    Fd watch_;
    int status_ = 0;
    bool interrupted_ = false;
};

// Sends `signal` to those children of this process that are to end with it, and to their process
// groups. From any thread, not from a signal handler.
void end_children(int signal);

} // namespace leasehold
