// leasehold kubeconfig add | list | remove.
#include "helper/checks/kubeconfig_entries.hpp"
#include "helper/commands/commands.hpp"
#include "helper/profile_drafting/entry_addition.hpp"
#include "helper/profile_drafting/entry_removal.hpp"
#include "helper/profile_drafting/flags.hpp"
#include "helper/profile_drafting/show.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/terminal/options.hpp"
#include "kubeconfig/file/location.hpp"
#include "kubeconfig/view/view.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"

#include <set>

#include <unistd.h>

namespace leasehold::helper {
namespace {

namespace json = boost::json;
struct ListedContexts {
    json::array list;
    Table table{{"CONTEXT", "PROFILE", "NAMESPACE", "+CLUSTER", "FILE", "STATE"}, {}};
};

void add_context(const Process& process, const kubeconfig::View& view,
                 const kubeconfig::ViewedFile& file, const kubeconfig::Listed& context,
                 ListedContexts& contexts) {
    const auto found = entry_problems(process, view, file, context);
    json::array problems;
    std::string state;
    for (const EntryProblem& problem : found) {
        problems.push_back(json::object{{"problem", problem.problem}, {"hint", problem.hint}});
        state += (state.empty() ? "" : "; ") + problem.problem + " (" + problem.hint + ')';
    }
    contexts.table.rows.push_back({context.name, *context.profile, context.namespace_,
                                   context.cluster, file.path, found.empty() ? "ok" : state});
    contexts.list.push_back(json::object{{"context", context.name},
                                         {"profile", *context.profile},
                                         {"namespace", context.namespace_},
                                         {"cluster", context.cluster},
                                         {"user", context.user},
                                         {"file", file.path},
                                         {"problems", std::move(problems)}});
}

} // namespace

void declare_kubeconfig_add(Options& options) {
    options.examples("leasehold kubeconfig add dev --set-current",
                     "leasehold kubeconfig add dev prod --context 'team-{profile}'",
                     "leasehold kubeconfig add dev -o - > dev.kubeconfig");
    add_entry_flags(options);
    options.value("namespace,n", "namespace of the context (default: the profile's)")
        .flag("force", "replace entries of the same name that are not leasehold's")
        .value("output,o", "'-': print a kubeconfig with these entries alone, and write nothing")
        .positional("NAME", -1);
}

namespace {

Result<std::vector<lease::Profile>> named_profiles(const Process& process, const Options& options) {
    std::vector<lease::Profile> profiles;
    for (const std::string& name : options.texts("NAME")) {
        LEASEHOLD_TRY_ASSIGN(lease::Profile profile, load_profile(process, name));
        profiles.push_back(std::move(profile));
    }
    if (profiles.empty())
        return options.usage_error("NAME is missing", "name one or more profiles");
    return profiles;
}

// What names an entry must differ between several.
Result<void> check_names(const Options& options, const EntryWish& wish, std::size_t profiles) {
    for (const auto& [flag, text] :
         {std::pair("--context", wish.context), std::pair("--user-name", wish.user)})
        if (profiles > 1 && !text.empty() && text.find("{profile}") == std::string::npos)
            return options.usage_error(std::string(flag) + " names one entry, and there are " +
                                           std::to_string(profiles) + " profiles",
                                       "put {profile} into it");
    return {};
}

void tell(Process& process, const EntryOutcome& outcome) {
    process.print("context " + outcome.context +
                  (outcome.changed ? " written to " : " is unchanged in ") + outcome.file + '\n');
    if (outcome.current != outcome.previous_current)
        process.print("current-context is now " + outcome.current + '\n');
}

// What is true of all of them is told once.
void complain_once(Process& process, const std::vector<EntryOutcome>& outcomes) {
    std::set<std::string> told;
    for (const EntryOutcome& outcome : outcomes)
        for (const std::string& notice : outcome.notices)
            if (told.insert(notice).second)
                complain_all(process, {notice});
}

} // namespace

Result<int> run_kubeconfig_add(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(EntryWish wish, read_entry_flags(options));
    wish.namespace_ = options.text("namespace").value_or("");
    LEASEHOLD_TRY_ASSIGN(const auto profiles, named_profiles(process, options));
    LEASEHOLD_TRY(check_names(options, wish, profiles.size()));
    if (const auto output = options.text("output")) {
        if (*output != "-")
            return options.usage_error("--output takes '-' only", "a file is --kubeconfig FILE");
        std::vector<std::string> notices;
        LEASEHOLD_TRY_ASSIGN(const std::string text,
                             entries_alone(process, profiles, wish, notices));
        complain_all(process, notices);
        process.print_bytes(text);
        return 0;
    }
    std::vector<EntryOrder> orders;
    for (const lease::Profile& profile : profiles) {
        orders.push_back({&profile, for_profile(wish, profile.name)});
        orders.back().wish.set_current = wish.set_current && orders.size() == 1;
    }
    LEASEHOLD_TRY_ASSIGN(Additions additions, add_entries(process, orders));
    complain_once(process, additions.entries);
    process.print(additions.diff);
    for (const EntryOutcome& outcome : additions.entries)
        if (!wish.dry_run)
            tell(process, outcome);
    if (additions.error)
        return *std::move(additions.error);
    return 0;
}

void declare_kubeconfig_list(Options& options) {
    options.examples("leasehold kubeconfig list",
                     "leasehold kubeconfig list --kubeconfig team.yaml",
                     "leasehold kubeconfig list -o json");
    options.value("kubeconfig", "only this file").list_output();
}

Result<int> run_kubeconfig_list(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    const OutputFormat format = call.format;
    LEASEHOLD_TRY_ASSIGN(const auto files, kubeconfig::kubeconfig_files(options.text("kubeconfig"),
                                                                        process.environment));
    const kubeconfig::View view = kubeconfig::look(files);
    if (view.files.empty())
        return view.unread.front();
    for (const Error& error : view.unread)
        process.complain(error_text(error));
    ListedContexts contexts;
    for (const kubeconfig::ViewedFile& file : view.files)
        for (const kubeconfig::Listed& entry : file.listing.entries)
            if (entry.section == kubeconfig::Section::contexts && entry.profile)
                add_context(process, view, file, entry, contexts);
    if (format == OutputFormat::table)
        process.print(contexts.table.rows.empty()
                          ? "no kubeconfig entries of leasehold's\n"
                          : to_table(contexts.table, options.table_style()));
    else
        process.print(format == OutputFormat::json ? to_json(contexts.list)
                                                   : to_yaml(contexts.list));
    return 0;
}

void declare_kubeconfig_remove(Options& options) {
    options.examples("leasehold kubeconfig remove dev", "leasehold kubeconfig remove dev --dry-run",
                     "leasehold kubeconfig remove --prune");
    options.value("kubeconfig", "the file to change (default: all that kubectl reads)")
        .flag("dry-run", "show the change as a diff and write nothing")
        .flag("break-lock", "take away a lock file (FILE.lock) that is older than a minute")
        .flag("prune", "the entries of every profile that is gone, in place of NAME")
        .positional("NAME");
}

namespace {

// Of all that the files name, those that are no more.
Result<kubeconfig::ProfileNames> gone_profiles(const Process& process, const Options& options) {
    LEASEHOLD_TRY_ASSIGN(const auto files, kubeconfig::kubeconfig_files(options.text("kubeconfig"),
                                                                        process.environment));
    const kubeconfig::View view = kubeconfig::look(files);
    if (!view.unread.empty())
        return view.unread.front();
    kubeconfig::ProfileNames gone;
    for (const kubeconfig::ViewedFile& file : view.files)
        for (const kubeconfig::Listed& entry : file.listing.entries)
            if (entry.profile && is_profile_name(*entry.profile) &&
                ::access(profile_path(process, *entry.profile).c_str(), F_OK) != 0)
                gone.insert(*entry.profile);
    return gone;
}

Result<int> remove_gone(Process& process, const Options& options, const RemovalWish& wish) {
    if (options.text("NAME"))
        return options.usage_error("--prune takes no NAME");
    LEASEHOLD_TRY_ASSIGN(const auto names, gone_profiles(process, options));
    if (names.empty()) {
        process.print("every entry of leasehold's has its profile\n");
        return 0;
    }
    LEASEHOLD_TRY_ASSIGN(RemovalOutcome outcome, remove_entries(process, names, wish));
    process.print(outcome.text);
    if (outcome.error)
        return *std::move(outcome.error);
    return 0;
}

} // namespace

Result<int> run_kubeconfig_remove(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    const RemovalWish wish{.kubeconfig = options.text("kubeconfig"),
                           .dry_run = options.has("dry-run"),
                           .break_lock = options.has("break-lock")};
    if (options.has("prune"))
        return remove_gone(process, options, wish);
    LEASEHOLD_TRY_ASSIGN(const std::string name, options.required("NAME"));
    LEASEHOLD_TRY_ASSIGN(RemovalOutcome outcome, remove_entries(process, {name}, wish));
    process.print(outcome.text);
    if (outcome.error)
        return *std::move(outcome.error);
    if (outcome.text.empty())
        return make_error(ErrorCode::configuration,
                          quoted(outcome.files) + " has no entry of leasehold's for profile " +
                              quoted(name),
                          "'leasehold kubeconfig list' shows those there are");
    return 0;
}

} // namespace leasehold::helper
