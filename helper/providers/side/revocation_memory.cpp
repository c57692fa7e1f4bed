#include "helper/providers/side/revocation_memory.hpp"

#include "helper/process/note_name.hpp"
#include "src/base/digest.hpp"
#include "src/base/files.hpp"
#include "src/base/secret_file.hpp"

#include <charconv>

#include <unistd.h>

namespace leasehold::helper {
namespace {

std::string memory_path(const Process& process, const lease::Profile& profile) {
    if (process.directories.state.empty())
        return {};
    const FileIdentity& file = profile.identity;
    const std::string what = std::to_string(file.inode) + ' ' + std::to_string(file.changed_ns);
    return process.directories.state + "/unrevocable/" + note_name(profile.path) + '-' +
           sha256_hex(what).substr(0, 16);
}

} // namespace

bool were_secrets_refused(const Process& process, const lease::Profile& profile) {
    const std::string path = memory_path(process, profile);
    if (path.empty())
        return false;
    const auto text = read_secret_file(path, "memory", {.owned_by_me = true, .limit = 32});
    UnixTime then = 0;
    if (!text)
        return false;
    const std::string_view digits = text->reveal();
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), then);
    const UnixTime age = process.clock.now().wall - then;
    return parsed.ec == std::errc() && age >= 0 && age < refusal_of_secrets_counts.count();
}

void remember_secrets_refused(const Process& process, const lease::Profile& profile) {
    const std::string path = memory_path(process, profile);
    if (!path.empty() && make_private_directory(directory_of(path)))
        (void)write_file(path, std::to_string(process.clock.now().wall) + '\n', 0600);
}

void forget_secrets_refused(const Process& process, const lease::Profile& profile) {
    const std::string path = memory_path(process, profile);
    if (!path.empty())
        (void)::unlink(path.c_str());
}

} // namespace leasehold::helper
