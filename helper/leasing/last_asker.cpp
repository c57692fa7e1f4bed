#include "helper/leasing/last_asker.hpp"

#include "helper/leasing/keys.hpp"
#include "helper/process/note_name.hpp"
#include "src/base/files.hpp"

namespace leasehold::helper {

std::string note_asker(const Process& process, const lease::Profile& profile) {
    const std::string now = asker_digest(process, profile);
    if (process.directories.state.empty() || now.empty())
        return {};
    const std::string path = process.directories.state + "/askers/" + note_name(profile.path);
    const auto before = read_file(path, {.owned_by_me = true, .limit = 256}, "asker");
    if (before && *before == now)
        return {};
    if (make_private_directory(directory_of(path)))
        (void)write_file(path, now, 0600);
    return before ? "another identity asks than before" : "";
}

} // namespace leasehold::helper
