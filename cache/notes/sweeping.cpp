#include "cache/notes/sweeping.hpp"

#include "cache/record/key.hpp"
#include "cache/store/private_directory.hpp"
#include "src/base/directory.hpp"

#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

constexpr std::pair<std::string_view, Seconds> endings[] = {
    {".refusal", refusals_stay}, {".handed", handings_stay}, {".lock", locks_stay}};

// Under its own lock: whoever unlinks it has it, so that with a link left it is the one of the
// name.
void remove_lock(int directory, const char* name) {
    const Fd file(::openat(directory, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat status {};
    if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 && ::fstat(file.get(), &status) == 0 &&
        status.st_nlink == 1)
        (void)::unlinkat(directory, name, 0);
}

void remove(int directory, const std::string& name) {
    if (name.ends_with(".lock"))
        remove_lock(directory, name.c_str());
    else
        (void)::unlinkat(directory, name.c_str(), 0);
}

} // namespace

void sweep_notes(const std::string& runtime_directory, UnixTime now) {
    const auto directory =
        open_private_directory(runtime_directory, DirectoryRule::not_writable_by_others);
    if (!directory)
        return;
    for (const auto& entry : entries_of(runtime_directory)) {
        const std::string name = entry.path().filename();
        struct stat status {};
        for (const auto& [ending, stays] : endings)
            if (name.ends_with(ending) &&
                is_key_digest(std::string_view(name).substr(0, name.size() - ending.size())) &&
                ::fstatat(directory->get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                S_ISREG(status.st_mode) && now - status.st_mtim.tv_sec > stays.count())
                remove(directory->get(), name);
    }
}

void remove_notes(const std::string& runtime_directory, std::string_view key_digest) {
    const auto directory =
        open_private_directory(runtime_directory, DirectoryRule::not_writable_by_others);
    if (directory && is_key_digest(key_digest))
        for (const auto& [ending, stays] : endings)
            remove(directory->get(), std::string(key_digest).append(ending));
}

} // namespace leasehold::cache
