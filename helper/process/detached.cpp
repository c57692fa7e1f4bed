#include "helper/process/detached.hpp"

#include "helper/process/mark.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <vector>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

// The mark was made before the fork.
void detach_descriptors(int mark) noexcept {
    const int null = ::open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; ++fd)
        (void)::dup2(null, fd);
    if (mark == mark_descriptor)
        (void)::fcntl(mark, F_SETFD, 0);
    else if (mark >= 0)
        (void)::dup2(mark, mark_descriptor);
    // musl has no close_range().
    (void)::syscall(SYS_close_range, mark >= 0 ? mark_descriptor + 1 : mark_descriptor, ~0U, 0);
}

// The environment without what only the client's own call is about. On the heap, made before the
// fork; nobody frees it, since an exec or an exit follows.
char** without_client_variable(char* const* environment) noexcept {
    std::size_t count = 0;
    while (environment[count] != nullptr)
        ++count;
    auto** kept = static_cast<char**>(std::calloc(count + 1, sizeof(char*)));
    if (kept == nullptr)
        return nullptr;
    std::size_t out = 0;
    for (std::size_t i = 0; i < count; ++i)
        if (!is_client_variable(environment[i]))
            kept[out++] = environment[i];
    return kept;
}

} // namespace

void start_detached(const std::string& program, const char* command, const std::string& profile,
                    char* const* environment, const Caller& caller) noexcept {
    // All is made ready before the fork: another thread may hold the heap's lock in it.
    const std::array<const char*, 5> argv{"leasehold", command, "--profile", profile.c_str(),
                                          nullptr};
    const Fd mark = make_mark({Mark::Start::background, caller});
    char** own = without_client_variable(environment);
    if (own == nullptr)
        return;
    const pid_t child = ::fork();
    if (child != 0) {
        std::free(own);
        return; // the parent, or no process to be had: the next call will try again
    }
    // A second fork, so that the child is nobody's and no session leader.
    (void)::setsid();
    if (::fork() != 0)
        ::_exit(0);
    detach_descriptors(mark.get());
    sigset_t none;
    (void)::sigemptyset(&none);
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(program.c_str(), const_cast<char* const*>(argv.data()), own);
    ::_exit(1);
}

void start_detached(const std::string& program, const char* command, const std::string& profile,
                    const Environment& environment) {
    std::vector<std::string> entries;
    for (const auto& [name, value] : environment.all())
        entries.push_back(name + '=' + value);
    std::vector<char*> block;
    for (std::string& entry : entries)
        block.push_back(entry.data());
    block.push_back(nullptr);
    start_detached(program, command, profile, block.data(), Caller{});
}

} // namespace leasehold::helper
