#include "helper/profile_drafting/entry_removal.hpp"

#include "kubeconfig/file/file.hpp"
#include "kubeconfig/file/location.hpp"
#include "kubeconfig/show/diff.hpp"
#include "kubeconfig/view/view.hpp"
#include "src/base/hostile_text.hpp"

namespace leasehold::helper {
namespace {

using kubeconfig::Change;
using kubeconfig::KubeconfigDocument;
using kubeconfig::ProfileNames;

std::string describe(const std::vector<Change>& changes, const std::string& where) {
    std::string text;
    for (const Change& change : changes) {
        using Action = Change::Action;
        const char* action = change.action == Action::added      ? "added"
                             : change.action == Action::replaced ? "replaced"
                             : change.action == Action::removed  ? "removed"
                             : change.action == Action::renamed  ? "renamed"
                                                                 : "kept";
        text += std::string(action) + ' ' + change.what + ' ' + change.name + where +
                (change.note.empty()                ? ""
                 : change.action == Action::renamed ? " to " + change.note
                                                    : " (" + change.note + ')') +
                '\n';
    }
    return text;
}

Result<std::string> remove_from(const std::string& path, const ProfileNames& profiles,
                                const RemovalWish& wish, bool one_of_several) {
    std::vector<Change> changes;
    std::string diff;
    const auto edit = [&](std::string old) -> Result<std::string> {
        LEASEHOLD_TRY_ASSIGN(auto document, KubeconfigDocument::parse(old, path));
        LEASEHOLD_TRY_ASSIGN(changes, document.remove(profiles));
        if (wish.dry_run)
            diff = kubeconfig::unified_diff(old, document.text(), path);
        return document.text();
    };
    LEASEHOLD_TRY(kubeconfig::edit_file(
        path, {.break_lock = wish.break_lock, .dry_run = wish.dry_run}, edit));
    return wish.dry_run ? diff : describe(changes, one_of_several ? " in " + path : "");
}

// The contexts that are to go, by profile.
std::map<std::string, std::string> find_contexts(const kubeconfig::View& view,
                                                 const ProfileNames& profiles) {
    std::map<std::string, std::string> found;
    for (const kubeconfig::ViewedFile& file : view.files)
        for (const kubeconfig::Listed& entry : file.listing.entries)
            if (entry.section == kubeconfig::Section::contexts && entry.profile &&
                profiles.contains(*entry.profile)) {
                std::string& text = found[*entry.profile];
                text += (text.empty() ? "context " : ", context ") + quoted(entry.name) + " in " +
                        file.path;
            }
    return found;
}

} // namespace

Result<RemovalOutcome> remove_entries(const Process& process, const ProfileNames& profiles,
                                      const RemovalWish& wish) {
    if (profiles.empty())
        return RemovalOutcome{};
    LEASEHOLD_TRY_ASSIGN(const auto files,
                         kubeconfig::kubeconfig_files(wish.kubeconfig, process.environment));
    if (!wish.dry_run)
        kubeconfig::remove_abandoned_locks(files);
    RemovalOutcome outcome;
    for (const std::string& file : files)
        outcome.files += (outcome.files.empty() ? "" : ":") + file;
    const kubeconfig::View view = kubeconfig::look(files);
    if (!view.unread.empty())
        outcome.error = view.unread.front();
    outcome.found = find_contexts(view, profiles);
    for (const std::string& file : kubeconfig::files_with(view, profiles)) {
        auto text = remove_from(file, profiles, wish, files.size() > 1);
        if (text)
            outcome.text += *text;
        else
            outcome.error = std::move(text).error();
    }
    return outcome;
}

} // namespace leasehold::helper
