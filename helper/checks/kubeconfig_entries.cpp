#include "helper/checks/kubeconfig_entries.hpp"

#include "kubeconfig/file/location.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/profile/file.hpp"
#include "src/lease/profile/profile.hpp"

#include <unistd.h>

namespace leasehold::helper {
namespace {

using kubeconfig::Listed;
using kubeconfig::Section;
using kubeconfig::Sight;
using kubeconfig::View;
using kubeconfig::ViewedFile;

bool is_there(const std::string& path, int access) {
    return ::access(path.c_str(), access) == 0;
}

// The user that clients take for the context.
std::optional<EntryProblem> user_problem(const View& view, const Listed& context) {
    const std::string renew = "renew it with: leasehold kubeconfig add " + *context.profile;
    const Sight user = kubeconfig::find(view, Section::users, context.user);
    if (user.entry == nullptr)
        return EntryProblem{"there is no user " + quoted(context.user), renew};
    if (user.entry->profile != context.profile)
        return EntryProblem{"its user " + quoted(context.user) + " is another one's, in " +
                                user.file->path,
                            renew + ", with another --context if that one is to stay"};
    if (user.entry->command.starts_with('/') && !is_there(user.entry->command, X_OK))
        return EntryProblem{"its command " + quoted(user.entry->command) + " is gone", renew};
    if (!user.entry->says_interactive_mode)
        return EntryProblem{"its interactiveMode is gone: an old client has rewritten the file, "
                            "and new ones refuse it",
                            renew};
    return std::nullopt;
}

// Another file, read before this one, that has an entry of the same name.
std::optional<EntryProblem> shadow(const View& view, const ViewedFile& file, Section section,
                                   const std::string& name) {
    const Sight seen = kubeconfig::find(view, section, name);
    if (seen.file == nullptr || seen.file == &file)
        return std::nullopt;
    return EntryProblem{"clients take the " + std::string(kubeconfig::singular(section)) + ' ' +
                            quoted(name) + " of " + seen.file->path + ", which they read first",
                        "rename or remove one of the two"};
}

} // namespace

std::vector<EntryProblem> entry_problems(const Process& process, const View& view,
                                         const ViewedFile& file, const Listed& context) {
    std::vector<EntryProblem> problems;
    const std::string profile =
        lease::profile_path(process.directories.profiles(), *context.profile);
    if (!is_there(profile, F_OK))
        problems.push_back({"profile " + quoted(*context.profile) + " is gone",
                            "remove it with: leasehold kubeconfig remove " + *context.profile});
    if (auto problem = shadow(view, file, Section::contexts, context.name))
        problems.push_back(*std::move(problem));
    const Sight cluster = kubeconfig::find(view, Section::clusters, context.cluster);
    if (cluster.entry == nullptr)
        problems.push_back({"there is no cluster " + quoted(context.cluster),
                            "renew it with: leasehold kubeconfig add " + *context.profile});
    else if (auto problem = shadow(view, file, Section::clusters, context.cluster);
             problem && cluster.entry->profile != context.profile)
        problems.push_back(*std::move(problem));
    if (auto problem = user_problem(view, context))
        problems.push_back(*std::move(problem));
    return problems;
}

std::vector<CheckStep> check_entries(const Process& process,
                                     const std::optional<std::string>& profile) {
    const auto files = kubeconfig::kubeconfig_files(std::nullopt, process.environment);
    if (!files)
        return {warning_step("kubeconfig", files.error().message, files.error().hint)};
    std::vector<CheckStep> steps;
    const View view = kubeconfig::look(*files);
    for (const Error& error : view.unread)
        steps.push_back(warning_step("kubeconfig", error.message, error.hint));
    for (const ViewedFile& file : view.files)
        for (const Listed& entry : file.listing.entries) {
            const bool ours = entry.section == Section::contexts && entry.profile;
            if (!ours || (profile && entry.profile != profile))
                continue;
            const std::string name = "context " + hostile_text(entry.name, 64);
            const auto problems = entry_problems(process, view, file, entry);
            for (const EntryProblem& problem : problems)
                steps.push_back(
                    warning_step(name, problem.problem + " (" + file.path + ')', problem.hint));
            if (problems.empty())
                steps.push_back(ok_step(name, file.path));
        }
    return steps;
}

} // namespace leasehold::helper
