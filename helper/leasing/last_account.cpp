#include "helper/leasing/last_account.hpp"

#include "helper/process/note_name.hpp"
#include "src/base/digest.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/providers.hpp"

namespace leasehold::helper {
namespace {

std::string note_path(const Process& process, const lease::Profile& profile) {
    std::string text;
    for (const auto role : {lease::Identity::of_login, lease::Identity::of_lease})
        for (const auto& [name, value] : profile.kind->identity(profile.settings, role))
            text += '\n' + name + '=' + value;
    return process.directories.state + "/accounts/" + note_name(profile.path) + '-' +
           sha256_hex(text).substr(0, 16);
}

} // namespace

std::string note_account(const Process& process, const lease::Profile& profile,
                         const std::string& subject) {
    if (process.directories.state.empty() || subject.empty())
        return {};
    const std::string path = note_path(process, profile);
    const auto before = read_file(path, {.owned_by_me = true, .limit = 1024}, "account");
    if (before && *before == subject)
        return {};
    if (make_private_directory(directory_of(path)))
        (void)write_file(path, subject, 0600);
    return before ? "another account than before, which was " + hostile_text(*before, 128) : "";
}

} // namespace leasehold::helper
