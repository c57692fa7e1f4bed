#include "tests/unit/cache/kernel_keyring/isolated.hpp"

#include "cache/kernel_keyring/keyring.hpp"
#include "src/base/fd.hpp"

#include <array>
#include <fstream>

#include <grp.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::test {
namespace {

bool become_a_throw_away_user() {
    // Few and fixed, since the kernel keeps a small keyring for each uid that ever had one.
    const auto uid = static_cast<uid_t>(500'000 + ::getpid() % 10'000);
    if (::setgroups(0, nullptr) != 0)
        return false;
    // A user namespace has about 65,000 others; in it none of them is anybody.
    const uid_t inside = uid - 480'000;
    return (::setresgid(uid, uid, uid) == 0 && ::setresuid(uid, uid, uid) == 0) ||
           (::setresgid(inside, inside, inside) == 0 && ::setresuid(inside, inside, inside) == 0);
}

bool enter_user_namespace() {
    const std::string uid = std::to_string(::getuid());
    if (::unshare(CLONE_NEWUSER) != 0)
        return false;
    std::ofstream("/proc/self/uid_map") << uid << ' ' << uid << " 1";
    return std::to_string(::getuid()) == uid;
}

} // namespace

std::string in_child(const std::function<std::string()>& run) {
    std::array<int, 2> fds{};
    if (::pipe(fds.data()) != 0)
        return "no pipe";
    const pid_t child = ::fork();
    if (child == 0) {
        (void)write_all(fds[1], run());
        ::_exit(0);
    }
    ::close(fds[1]);
    std::string text;
    std::array<char, 4096> buffer;
    ssize_t count = 0;
    while ((count = ::read(fds[0], buffer.data(), buffer.size())) > 0)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    ::close(fds[0]);
    int status = -1;
    (void)::waitpid(child, &status, 0);
    return status == 0 ? text
                       : text + " (the child ended with status " + std::to_string(status) + ")";
}

std::string in_isolation(const std::function<std::string()>& run) {
    return in_child([&]() -> std::string {
        if (!(::geteuid() == 0 ? become_a_throw_away_user() : enter_user_namespace()))
            return "this system gives us no keyring of our own to test on";
        const auto store = cache::make_kernel_keyring_store();
        (void)store->clear();
        std::string trouble = run();
        (void)store->clear();
        return trouble;
    });
}

} // namespace leasehold::test
