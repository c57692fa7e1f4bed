#include "helper/process/detached.hpp"

#include "src/base/fd.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

constexpr int mark = 3;
constexpr int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

// The text was made before the fork.
void detach_descriptors(const std::string& text) noexcept {
    const int null = ::open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; ++fd)
        (void)::dup2(null, fd);
    (void)::close_range(mark, ~0U, 0);
    const int sealed = ::memfd_create("leasehold", MFD_ALLOW_SEALING);
    if (sealed >= 0 && write_all(sealed, text) == 0)
        (void)::fcntl(sealed, F_ADD_SEALS, seals);
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
    const std::string mark_text = encode_caller(caller);
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
    detach_descriptors(mark_text);
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

std::optional<Caller> detached_caller() {
    struct stat status {};
    if (::fcntl(mark, F_GET_SEALS) != seals || ::fstat(mark, &status) != 0)
        return std::nullopt;
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    const ssize_t got = ::pread(mark, text.data(), text.size(), 0);
    if (got != static_cast<ssize_t>(text.size()))
        return std::nullopt;
    return decode_caller(text);
}

} // namespace leasehold::helper
