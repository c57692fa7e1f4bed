// A file descriptor that closes itself.
#pragma once

#include "src/base/error.hpp"

#include <string_view>
#include <utility>

namespace leasehold {

class Fd {
public:
    Fd() noexcept = default;
    explicit Fd(int fd) noexcept : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        if (this != &other) {
            reset();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { reset(); }

    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
    void reset() noexcept;

private:
    int fd_ = -1;
};

// Writes all of `bytes`, going on after short writes and EINTR. 0, or the errno of the failure.
[[nodiscard]] int write_all(int fd, std::string_view bytes) noexcept;

// One try, for the last words of a process that must end: what a full pipe does not take at once is
// lost, and nothing waits for its reader.
void write_if_possible(int fd, std::string_view bytes) noexcept;

} // namespace leasehold
