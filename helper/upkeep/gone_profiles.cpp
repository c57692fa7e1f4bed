#include "helper/upkeep/gone_profiles.hpp"

#include "cache/notes/sweeping.hpp"
#include "helper/leasing/keys.hpp"
#include "helper/process/note_name.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/known_issuer.hpp"
#include "src/base/directory.hpp"
#include "src/lease/profile/file.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <limits>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

// Folders of the state directory whose files are named after a profile: what is lost with them is a
// remark in the audit log, a look or a sweep too many.
constexpr const char* noted[] = {"askers", "accounts", "sweeps", "unrevocable"};
constexpr const char* books = "leases";

// Calls `visit` with the path and the name of each file of a folder.
void for_each_file(const std::string& folder,
                   const std::function<void(const std::string&, const std::string&)>& visit) {
    std::error_code trouble;
    for (const auto& entry : entries_of(folder))
        if (entry.is_regular_file(trouble) && !entry.is_symlink(trouble))
            visit(entry.path(), entry.path().filename());
}

Result<std::vector<std::string>> names_of_profiles(const Process& process) {
    const std::string directory = process.directories.profiles();
    LEASEHOLD_TRY_ASSIGN(auto names, lease::list_profiles(directory));
    for (std::string& name : names)
        name = note_name(lease::profile_path(directory, name));
    return names;
}

bool is_shared(const Process& process, const std::string& issuer) {
    const auto names = lease::list_profiles(process.directories.profiles());
    return !names || std::any_of(names->begin(), names->end(), [&](const std::string& name) {
        const auto profile = load_profile(process, name);
        return profile && known_issuer_path(process.directories.state, profile->cluster) == issuer;
    });
}

struct StrangeNote {
    std::int64_t written = 0;
    std::string path;
};

// Of no profile that is known here, the newest first.
std::vector<StrangeNote> strange_notes(const std::string& folder,
                                       const std::vector<std::string>& profiles) {
    std::vector<StrangeNote> notes;
    for_each_file(folder, [&](const std::string& path, const std::string& name) {
        struct stat status {};
        const bool known =
            std::any_of(profiles.begin(), profiles.end(),
                        [&](const std::string& one) { return name.starts_with(one); });
        if (!known && ::stat(path.c_str(), &status) == 0)
            notes.push_back({status.st_mtim.tv_sec, path});
    });
    std::sort(notes.begin(), notes.end(), [](const StrangeNote& one, const StrangeNote& other) {
        return one.written > other.written;
    });
    return notes;
}

void remove_oldest(const std::vector<StrangeNote>& notes, UnixTime now, std::size_t most) {
    for (std::size_t i = 0; i < notes.size(); ++i)
        if (i >= most || now - notes[i].written > strange_notes_stay.count())
            (void)::unlink(notes[i].path.c_str());
}

} // namespace

ProfileNotes notes_about(const Process& process, const lease::Profile& profile) {
    const auto key = lease_key(process, profile, default_request(profile));
    return {note_name(profile.path), known_issuer_path(process.directories.state, profile.cluster),
            key ? key->key.digest_hex() : ""};
}

void forget_notes_about(const Process& process, const ProfileNotes& notes) {
    if (!process.directories.state.empty())
        for (const char* folder : noted)
            for_each_file(process.directories.state + '/' + folder,
                          [&](const std::string& path, const std::string& name) {
                              if (name.starts_with(notes.name))
                                  (void)::unlink(path.c_str());
                          });
    if (!notes.issuer.empty() && !is_shared(process, notes.issuer))
        (void)::unlink(notes.issuer.c_str());
    if (!notes.key.empty() && !process.directories.runtime.empty())
        cache::remove_notes(process.directories.runtime, notes.key);
}

void sweep_notes_of_gone(const Process& process) {
    const UnixTime now = process.clock.now().wall;
    if (!process.directories.runtime.empty())
        cache::sweep_notes(process.directories.runtime, now);
    if (process.directories.state.empty())
        return;
    const auto profiles = names_of_profiles(process);
    if (!profiles)
        return; // nobody knows which are gone
    for (const char* folder : noted)
        remove_oldest(strange_notes(process.directories.state + '/' + folder, *profiles), now,
                      most_strange_notes);
    const std::string folder = process.directories.state + '/' + books;
    remove_oldest(strange_notes(folder, *profiles), now, std::numeric_limits<std::size_t>::max());
}

void sweep_notes_if_many(const Process& process) {
    std::size_t count = 0;
    if (!process.directories.state.empty())
        for_each_file(process.directories.state + '/' + noted[0],
                      [&](const std::string&, const std::string&) { ++count; });
    if (count > 2 * most_strange_notes)
        sweep_notes_of_gone(process);
}

} // namespace leasehold::helper
