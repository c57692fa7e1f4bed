#include "helper/upkeep/sweep.hpp"

#include "helper/process/note_name.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/side/side.hpp"
#include "src/base/files.hpp"
#include "src/lease/profile/profile.hpp"
#include "src/lease/terms/book.hpp"

#include <sys/stat.h>

namespace leasehold::helper {

bool take_sweep(const Process& process, const lease::Profile& profile) {
    if (process.directories.state.empty())
        return false;
    const std::string path = process.directories.state + "/sweeps/" + note_name(profile.path);
    struct stat status {};
    const bool known = ::stat(path.c_str(), &status) == 0;
    const std::int64_t age = process.clock.now().wall - status.st_mtim.tv_sec;
    if (known && age >= 0 && age < between_sweeps.count())
        return false;
    return make_private_directory(directory_of(path)) && write_file(path, "", 0600) && known;
}

void sweep(Assembly& assembly, Deadline deadline) {
    if (const auto book = assembly.side().book(lease::BookScope::own))
        (void)book->prune(lease::PruneClock::both, false, deadline);
}

} // namespace leasehold::helper
