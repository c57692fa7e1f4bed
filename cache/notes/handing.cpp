#include "cache/notes/handing.hpp"

#include "cache/store/private_directory.hpp"
#include "src/base/digest.hpp"
#include "src/base/fd.hpp"
#include "src/base/files.hpp"

#include <array>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

// Seldom more clients at once than this keep one token; who is displaced is not suspected.
constexpr std::uint64_t slots = 64;

struct Slot {
    std::uint64_t pid;
    std::uint64_t started;
    std::uint64_t tag;
};

constexpr off_t first_slot = sizeof(HealingTimes);

off_t place_of(const Asker& asker) {
    return first_slot + static_cast<off_t>((asker.pid % slots) * sizeof(Slot));
}

// Ours alone and no link; never waited for. The uid is the one we were started with: no system
// call.
Fd open_file(const std::string& path, bool make) {
    // What is there already and ours was made by this very line, so that a hit need not look.
    if (make && !open_private_directory(directory_of(path), DirectoryRule::not_writable_by_others))
        return Fd();
    const int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (make ? O_CREAT : 0);
    Fd file(::open(path.c_str(), flags, 0600));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_uid != ::getauxval(AT_EUID) || (status.st_mode & 077U) != 0)
        return Fd();
    return file;
}

// Field 22, counted behind the name, which is in parentheses and may hold anything.
std::optional<std::uint64_t> start_time(std::string_view stat) {
    std::size_t at = stat.rfind(')');
    for (int field = 2; field < 22 && at != std::string_view::npos; ++field)
        at = stat.find(' ', at + 1);
    if (at == std::string_view::npos)
        return std::nullopt;
    std::uint64_t ticks = 0;
    const char* begin = stat.data() + at + 1;
    const auto parsed = std::from_chars(begin, stat.data() + stat.size(), ticks);
    return parsed.ec == std::errc() ? std::optional(ticks) : std::nullopt;
}

} // namespace

std::optional<Asker> find_asker() {
    const auto pid = static_cast<std::uint64_t>(::getppid());
    std::array<char, 32> path{"/proc/"};
    const auto end = std::to_chars(path.data() + 6, path.data() + 26, pid);
    std::memcpy(end.ptr, "/stat", 6);
    const Fd file(::open(path.data(), O_RDONLY | O_CLOEXEC));
    std::array<char, 512> text;
    const ssize_t length = file ? ::read(file.get(), text.data(), text.size()) : -1;
    if (length <= 0)
        return std::nullopt;
    const auto started = start_time({text.data(), static_cast<std::size_t>(length)});
    if (!started)
        return std::nullopt;
    return Asker{pid, *started};
}

std::uint64_t token_tag(std::string_view token) {
    const Digest digest = sha256(token);
    std::uint64_t tag = 0;
    std::memcpy(&tag, digest.data(), sizeof tag);
    return tag == 0 ? 1 : tag;
}

std::string handing_path(std::string_view runtime_directory, std::string_view key_digest) {
    return std::string(runtime_directory).append("/").append(key_digest).append(".handed");
}

Handing note_handing(const std::string& path, const Asker& asker, std::uint64_t token_tag,
                     bool make) {
    Handing handing;
    Fd file = open_file(path, make);
    if (!file)
        return handing;
    const Slot now{asker.pid, asker.started, token_tag};
    Slot before{};
    handing.before =
        ::pread(file.get(), &before, sizeof before, place_of(asker)) == sizeof before &&
        std::memcmp(&before, &now, sizeof now) == 0;
    if (!handing.before)
        (void)!::pwrite(file.get(), &now, sizeof now, place_of(asker));
    else if (::pread(file.get(), &handing.times, sizeof handing.times, 0) != sizeof handing.times)
        handing.times = {};
    // A hit makes none, and saves the system call: its process ends in a moment.
    if (!make)
        (void)file.release();
    return handing;
}

HealingTimes read_healing_times(const std::string& path) {
    HealingTimes times;
    const Fd file = open_file(path, false);
    if (!file || ::pread(file.get(), &times, sizeof times, 0) != sizeof times)
        return {};
    return times;
}

void write_healing_times(const std::string& path, const HealingTimes& times) {
    const Fd file = open_file(path, true);
    if (file)
        (void)!::pwrite(file.get(), &times, sizeof times, 0);
}

bool may_check(const HealingTimes& times, std::int64_t now) {
    const auto within = [&](std::int64_t then, Seconds time) {
        return then > 0 && now >= then && now - then < time.count();
    };
    return !within(times.checked, between_checks) && !within(times.replaced, between_replacements);
}

} // namespace leasehold::cache
