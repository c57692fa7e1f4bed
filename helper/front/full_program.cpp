#include "helper/front/full_program.hpp"

#include "helper/layout.hpp"
#include "src/base/error.hpp"
#include "src/base/fd.hpp"
#include "src/base/files.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

void detach_descriptors() noexcept {
    const int null = ::open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; ++fd)
        (void)::dup2(null, fd);
    (void)::close_range(3, ~0U, 0);
}

} // namespace

std::string full_program_path() {
    std::array<char, PATH_MAX> buffer;
    const ssize_t length = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
    if (length <= 0 || length == static_cast<ssize_t>(buffer.size()))
        return {};
    std::string prefix = directory_of({buffer.data(), static_cast<std::size_t>(length)});
    for (int up = 0; up < bin_depth; ++up)
        prefix = directory_of(prefix);
    return (prefix == "/" ? "" : prefix) + '/' + std::string(libexec_directory) +
           "/leasehold/leasehold";
}

int execute_full_program(char* const* argv, char* const* environment) noexcept {
    const std::string path = full_program_path();
    ::execve(path.c_str(), argv, environment);
    const std::string message = "leasehold: error: cannot run " + path + ": " + errno_text(errno) +
                                "\nhint: the installation is incomplete: reinstall leasehold\n";
    (void)write_all(2, message);
    return static_cast<int>(ErrorCode::internal);
}

void start_renewal(const std::string& profile, char* const* environment) noexcept {
    start_detached(full_program_path(), "renew-in-background", profile, environment);
}

void start_detached(const std::string& program, const char* command, const std::string& profile,
                    char* const* environment) noexcept {
    // All is made ready before the fork: another thread may hold the heap's lock in it.
    const std::array<const char*, 5> argv{"leasehold", command, "--profile", profile.c_str(),
                                          nullptr};
    if (::fork() != 0)
        return; // the parent, or no process to be had: the next call will try again
    // A second fork, so that the child is nobody's and no session leader.
    (void)::setsid();
    if (::fork() != 0)
        ::_exit(0);
    detach_descriptors();
    sigset_t none;
    (void)::sigemptyset(&none);
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(program.c_str(), const_cast<char* const*>(argv.data()), environment);
    ::_exit(1);
}

} // namespace leasehold::helper
