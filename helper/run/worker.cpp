#include "helper/run/worker.hpp"

#include "src/base/error.hpp"
#include "src/base/local_fault.hpp"

#include <exception>

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

// The run's lock goes, too: it is our maker's.
void keep_only(int kept) {
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    (void)::dup2(null, 0);
    (void)::dup2(null, 1);
    if (kept < 3) {
        (void)::close_range(3, ~0U, 0);
        return;
    }
    if (kept > 3)
        (void)::close_range(3, static_cast<unsigned>(kept) - 1, 0);
    (void)::close_range(static_cast<unsigned>(kept) + 1, ~0U, 0);
}

[[noreturn]] void be_worker(Bond bond, const sigset_t& mask, int kept,
                            const std::function<int()>& work) {
    (void)::setpgid(0, 0);
    if (bond == Bond::dies_with_us)
        (void)::prctl(PR_SET_PDEATHSIG, SIGTERM);
    // A background process that tells the terminal something is not to be stopped for it.
    (void)std::signal(SIGTTOU, SIG_IGN);
    keep_only(kept);
    (void)::sigprocmask(SIG_SETMASK, &mask, nullptr);
    int code = static_cast<int>(ErrorCode::internal);
    try {
        code = work();
    } catch (const std::exception&) {
        write_if_possible(2, "leasehold: error: out of memory\n");
    }
    ::_exit(code);
}

} // namespace

pid_t start_worker(Bond bond, const sigset_t& mask, int kept, const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child == 0)
        be_worker(bond, mask, kept, work);
    return child;
}

} // namespace leasehold::helper
