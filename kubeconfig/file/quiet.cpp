#include "kubeconfig/file/quiet.hpp"

#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace leasehold::kubeconfig {
namespace {

constexpr Milliseconds poll{20};
constexpr Milliseconds quiet_time{500};
constexpr std::time_t long_ago = 3; // seconds

enum class Lease { granted, refused, unknown };

// File systems of which other machines, or a daemon, know more than this kernel (statfs(2)).
bool is_shared(int fd) {
    constexpr std::array<unsigned long, 7> shared = {0x6969,     0x517B,     0xFF534D42, 0xFE534D42,
                                                     0x01021997, 0x65735546, 0x00C36400};
    struct statfs system {};
    if (::fstatfs(fd, &system) != 0)
        return true;
    const auto type = static_cast<unsigned long>(system.f_type) & 0xFFFFFFFFul;
    return std::find(shared.begin(), shared.end(), type) != shared.end();
}

Lease take_lease(int fd) {
    if (is_shared(fd))
        return Lease::unknown;
    if (::fcntl(fd, F_SETLEASE, F_RDLCK) == 0)
        return Lease::granted;
    return errno == EAGAIN ? Lease::refused : Lease::unknown;
}

// Two looks, unless the last change is long past.
bool is_left_alone(int fd) {
    struct stat before {};
    struct stat after {};
    if (::fstat(fd, &before) != 0)
        return false;
    const std::time_t age = std::time(nullptr) - before.st_mtim.tv_sec;
    if (age > long_ago || age < -long_ago)
        return true;
    std::this_thread::sleep_for(quiet_time);
    return ::fstat(fd, &after) == 0 && before.st_size == after.st_size &&
           before.st_mtim.tv_sec == after.st_mtim.tv_sec &&
           before.st_mtim.tv_nsec == after.st_mtim.tv_nsec;
}

} // namespace

Result<std::optional<QuietFile>> QuietFile::open(const std::string& path, const FileRules& rules,
                                                 Deadline deadline, const SignalHold& signals) {
    while (true) {
        // Anew each time: a writer may have put another file in its place.
        LEASEHOLD_TRY_ASSIGN(std::optional<OpenFile> file, open_checked(path, rules));
        if (!file)
            return std::optional<QuietFile>();
        const Lease lease = take_lease(file->fd.get());
        if (lease == Lease::granted || (lease == Lease::unknown && is_left_alone(file->fd.get())))
            return std::optional(QuietFile(*std::move(file), lease == Lease::granted));
        if (signals.pending())
            return make_error(ErrorCode::interrupted,
                              "interrupted while waiting for " + quoted(path) + " to be written");
        if (deadline.passed())
            return make_error(ErrorCode::configuration,
                              "another program is writing " + quoted(path),
                              "run the command again when it has ended; 'fuser -v " +
                                  shell_word(path) + "' names it");
        std::this_thread::sleep_for(poll);
    }
}

bool QuietFile::is_wanted() const {
    return leased_ && ::fcntl(file_.fd.get(), F_GETLEASE) != F_RDLCK;
}

bool QuietFile::wait_for_writers(Deadline deadline, const SignalHold& signals) {
    leased_ = false;
    (void)::fcntl(file_.fd.get(), F_SETLEASE, F_UNLCK);
    while (true) {
        // Whoever was let in must get the time to open it.
        std::this_thread::sleep_for(poll);
        const Lease lease = take_lease(file_.fd.get());
        if (lease != Lease::refused) {
            leased_ = lease == Lease::granted;
            return true;
        }
        if (deadline.passed() || signals.pending())
            return false;
    }
}

} // namespace leasehold::kubeconfig
