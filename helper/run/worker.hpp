// What `leasehold exec` does beside its command (leasing, renewing, ending leases) is done by
// processes of their own, so that no server, resolver or daemon ever keeps a signal waiting.
#pragma once

#include "src/base/fd.hpp"

#include <csignal>
#include <functional>

#include <sys/types.h>

namespace leasehold::helper {

enum class Bond {
    dies_with_us, // asked to end (SIGTERM) when this process dies
    outlives_us,
};

// Forks a process that leaves with what `work` returns. It has a process group of its own, which
// the keyboard's signals do not reach, the signal mask `mask`, and of our descriptors only stderr
// and `kept` (-1: none). -1 if there is none to be had. Only while this process has one thread.
[[nodiscard]] pid_t start_worker(Bond bond, const sigset_t& mask, int kept,
                                 const std::function<int()>& work);

} // namespace leasehold::helper
