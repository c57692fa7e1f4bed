#include "src/base/fd.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>

#include <poll.h>
#include <unistd.h>

namespace leasehold {

void Fd::reset() noexcept {
    if (fd_ >= 0)
        ::close(fd_);
    fd_ = -1;
}

int write_all(int fd, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno;
        if (written == 0)
            return EIO;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

void write_if_possible(int fd, std::string_view bytes) noexcept {
    pollfd watched{fd, POLLOUT, 0};
    // A pipe that is writable takes PIPE_BUF bytes without blocking (pipe(7)).
    if (::poll(&watched, 1, 0) == 1 && (watched.revents & POLLOUT) != 0)
        (void)!::write(fd, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
}

} // namespace leasehold
