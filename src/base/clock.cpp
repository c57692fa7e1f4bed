#include "src/base/clock.hpp"

#include "src/base/fd.hpp"

#include <algorithm>

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

namespace leasehold {

Instant SystemClock::now() const {
    timespec wall{};
    timespec boot{};
    (void)::clock_gettime(CLOCK_REALTIME, &wall);
    (void)::clock_gettime(CLOCK_BOOTTIME, &boot);
    return {wall.tv_sec, boot.tv_sec};
}

std::string SystemClock::boot_id() const {
    const Fd file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
    char text[36];
    if (!file || ::read(file.get(), text, sizeof text) != sizeof text)
        return {};
    return {text, sizeof text};
}

Milliseconds Deadline::left() const {
    const auto left =
        std::chrono::duration_cast<Milliseconds>(end_ - std::chrono::steady_clock::now());
    return std::max(left, Milliseconds::zero());
}

Deadline Deadline::within(Milliseconds time) const {
    return Deadline(std::min(end_, std::chrono::steady_clock::now() + time));
}

} // namespace leasehold
