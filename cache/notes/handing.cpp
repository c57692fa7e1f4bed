#include "cache/notes/handing.hpp"

#include "cache/store/private_directory.hpp"
#include "src/base/digest.hpp"
#include "src/base/fd.hpp"
#include "src/base/files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
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
    Asker asker;
    std::uint64_t tag = 0;
    std::int64_t at = 0;     // seconds of the boot clock
    std::int64_t caused = 0; // checks, for this token
};

// The file, read in one piece.
struct Handings {
    HealingTimes times;
    std::array<Slot, slots> table;
};
static_assert(sizeof(Handings) == sizeof(HealingTimes) + slots * sizeof(Slot));

constexpr Seconds soon{1};

bool within(std::int64_t then, std::int64_t now, Seconds time) {
    return then > 0 && now >= then && now - then < time.count();
}

// `time` doubled so often, up to `most`.
Seconds doubled(Seconds time, std::int64_t times, Seconds most) {
    constexpr std::int64_t enough = 16;
    return std::min(time * (1 << std::clamp<std::int64_t>(times, 0, enough)), most);
}

bool was_replaced_lately(const HealingTimes& times, std::int64_t now) {
    return within(times.replaced, now,
                  doubled(between_replacements, times.replacements - 1, between_vain_replacements));
}

// Whether the server need not be asked again, since somebody has within `time`.
bool is_known(const HealingTimes& times, const Asking& asking, Seconds time) {
    return within(times.checked, asking.now, time) || within(times.started, asking.now, time) ||
           within(asking.issued, asking.now, time) || was_replaced_lately(times, asking.now);
}

// `before`: the asker's slot, if it was handed this token before.
Suspicion judge(const HealingTimes& times, const Slot* before, const Asking& asking) {
    if (before != nullptr &&
        !is_known(times, asking, doubled(between_checks, before->caused, between_habitual_checks)))
        return asking.now - before->at <= soon.count() ? Suspicion::behind : Suspicion::before;
    const bool due = asking.recheck > Seconds(0) && !is_known(times, asking, asking.recheck);
    return due ? Suspicion::behind : Suspicion::none;
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

// What /proc/PID/stat tells (proc(5)).
struct ProcessStat {
    std::string_view name;     // at most 15 bytes, as the program or its caller says
    std::uint64_t parent = 0;  // field 4
    std::uint64_t started = 0; // field 22
};

// At the start of what is read of a process's file; a name may hold anything, but no later field
// a parenthesis.
std::optional<ProcessStat> parse_stat(std::string_view text) {
    const std::size_t open = text.find('(');
    std::size_t at = text.rfind(')');
    if (open == std::string_view::npos || at == std::string_view::npos || at < open)
        return std::nullopt;
    ProcessStat stat;
    stat.name = text.substr(open + 1, at - open - 1);
    for (int field = 3; field <= 22; ++field) {
        at = text.find(' ', at + 1);
        if (at == std::string_view::npos)
            return std::nullopt;
        std::uint64_t* wanted = field == 4 ? &stat.parent : field == 22 ? &stat.started : nullptr;
        const char* begin = text.data() + at + 1;
        if (wanted != nullptr &&
            std::from_chars(begin, text.data() + text.size(), *wanted).ec != std::errc())
            return std::nullopt;
    }
    return stat;
}

using Buffer = std::array<char, 512>;

// The first bytes of /proc/PID/FILE; empty if there are none.
std::string_view read_of_process(std::uint64_t pid, std::string_view file, Buffer& buffer) {
    std::array<char, 48> path{"/proc/"};
    char* end = std::to_chars(path.data() + 6, path.data() + 26, pid).ptr;
    *end++ = '/';
    std::copy(file.begin(), file.end(), end);
    const Fd opened(::open(path.data(), O_RDONLY | O_CLOEXEC));
    const ssize_t length = opened ? ::read(opened.get(), buffer.data(), buffer.size()) : -1;
    return length <= 0 ? std::string_view()
                       : std::string_view(buffer.data(), static_cast<std::size_t>(length));
}

// Whether a process's arguments, each with a NUL behind it, are those of `sh -c`.
bool runs_one_command(std::string_view arguments) {
    const std::size_t first = arguments.find('\0');
    const std::string_view option = arguments.substr(std::min(first, arguments.size() - 1) + 1);
    return option.size() > 2 && option.front() == '-' && option[1] != '-' &&
           option.substr(0, option.find('\0')).ends_with('c');
}

bool is_shell(std::string_view name) {
    constexpr std::array<std::string_view, 5> shells{"sh", "dash", "bash", "ash", "busybox"};
    return std::find(shells.begin(), shells.end(), name) != shells.end();
}

} // namespace

std::optional<Asker> find_asker() {
    Buffer buffer;
    const auto pid = static_cast<std::uint64_t>(::getppid());
    const auto parent = parse_stat(read_of_process(pid, "stat", buffer));
    if (!parent)
        return std::nullopt;
    const Asker own{pid, parent->started};
    // Who lost its parent has init's or a reaper's, which is everybody's.
    const std::uint64_t above = parent->parent;
    if (!is_shell(parent->name) || above <= 1 ||
        !runs_one_command(read_of_process(pid, "cmdline", buffer)))
        return own;
    const auto grandparent = parse_stat(read_of_process(above, "stat", buffer));
    return grandparent ? Asker{above, grandparent->started} : own;
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

Suspicion note_asking(const std::string& path, const Asking& asking, Noting noting) {
    Fd file = open_file(path, noting == Noting::by_full_program);
    if (!file)
        return Suspicion::none;
    Handings all{};
    (void)!::pread(file.get(), &all, sizeof all, 0);
    Slot& slot = all.table[asking.asker.pid % slots];
    const bool before = slot.asker == asking.asker && slot.tag == asking.token_tag;
    const Suspicion suspicion = judge(all.times, before ? &slot : nullptr, asking);
    if (suspicion == Suspicion::behind)
        (void)!::pwrite(file.get(), &asking.now, sizeof asking.now,
                        offsetof(HealingTimes, started));
    if (suspicion != Suspicion::before || noting == Noting::by_full_program) {
        const std::int64_t caused = (before ? slot.caused : 0) + (suspicion != Suspicion::none);
        slot = {asking.asker, asking.token_tag, asking.now, caused};
        (void)!::pwrite(file.get(), &slot, sizeof slot,
                        reinterpret_cast<char*>(&slot) - reinterpret_cast<char*>(&all));
    }
    // Closing it is a system call; the front's process ends in a moment.
    if (noting == Noting::by_front)
        (void)file.release();
    return suspicion;
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
    return !within(times.checked, now, between_checks) && !was_replaced_lately(times, now);
}

} // namespace leasehold::cache
