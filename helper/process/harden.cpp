#include "helper/process/harden.hpp"

#include <array>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace leasehold::helper {
namespace {

// A closed descriptor would be taken by the next open(), and a message meant for a terminal
// would land in a file. One poll() finds them all. Writing to stdout fails as before: a client that
// closed it is told that it has no credential.
void open_standard_descriptors() noexcept {
    std::array<pollfd, 3> fds{pollfd{0, 0, 0}, pollfd{1, 0, 0}, pollfd{2, 0, 0}};
    if (::poll(fds.data(), fds.size(), 0) <= 0)
        return;
    for (const pollfd& fd : fds)
        if ((fd.revents & POLLNVAL) != 0)
            (void)::open("/dev/null", fd.fd == 2 ? O_WRONLY : O_RDONLY);
}

} // namespace

bool harden_process() noexcept {
    const rlimit none{0, 0};
    (void)::setrlimit(RLIMIT_CORE, &none);
    (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    open_standard_descriptors();
    // A file-size limit (ulimit -f) is an error of that write, not the end of the call.
    (void)std::signal(SIGXFSZ, SIG_IGN);
    return ::getauxval(AT_SECURE) == 0;
}

void forbid_new_privileges() noexcept {
    (void)::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

} // namespace leasehold::helper
