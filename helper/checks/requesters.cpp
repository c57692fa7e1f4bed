#include "helper/checks/requesters.hpp"

#include "helper/providers/assembly.hpp"
#include "kubeconfig/view/view.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/providers.hpp"

#include <sys/stat.h>

namespace leasehold::helper {
namespace {

CheckStep check_context(const lease::Profile& profile, const lease::BorrowedUser& user) {
    const std::string name = "requester of " + profile.name;
    const kubeconfig::View view = kubeconfig::look(user.files);
    if (!view.unread.empty())
        return failed_step(name, view.unread.front());
    const std::string context = user.context.empty() && !view.files.empty()
                                    ? view.files.front().listing.current_context
                                    : user.context;
    const auto found = kubeconfig::find(view, kubeconfig::Section::contexts, context);
    const std::string files = user.files.empty() ? "" : user.files.front();
    if (found.entry == nullptr)
        return failed_step(name,
                           make_error(ErrorCode::configuration,
                                      "there is no context " + quoted(context) + " in " + files,
                                      "restore it, or name another one: leasehold profile "
                                      "edit " +
                                          profile.name));
    if (found.entry->profile)
        return failed_step(
            name, make_error(ErrorCode::configuration,
                             "the context " + quoted(context) + " of " + found.file->path +
                                 " is an entry of profile " + *found.entry->profile +
                                 " now, which asks nobody",
                             "name another one with 'leasehold profile edit " + profile.name +
                                 "', or take the entry away with 'leasehold kubeconfig remove " +
                                 *found.entry->profile +
                                 "' and log in anew with the tool that "
                                 "made the context"));
    struct stat status {};
    if (::stat(found.file->path.c_str(), &status) == 0 && (status.st_mode & 077U) != 0)
        return warning_step(name, found.file->path + " can be read or changed by other users",
                            "chmod 600 " + shell_word(found.file->path));
    return ok_step(name, "context " + quoted(context) + " of " + found.file->path);
}

} // namespace

std::vector<CheckStep> check_requesters(const Process& process,
                                        const std::optional<std::string>& profile) {
    std::vector<std::string> names;
    if (profile)
        names = {*profile};
    else if (auto all = lease::list_profiles(process.directories.profiles()))
        names = *std::move(all);
    std::vector<CheckStep> steps;
    for (const std::string& name : names) {
        // One that cannot be read is told of elsewhere.
        const auto loaded = load_profile(process, name);
        if (!loaded || loaded->kind->borrowed == nullptr)
            continue;
        if (const auto user = loaded->kind->borrowed(loaded->settings))
            steps.push_back(check_context(*loaded, *user));
    }
    return steps;
}

} // namespace leasehold::helper
