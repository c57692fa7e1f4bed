// leasehold kubeconfig add | list | remove.
#include "helper/checks/kubeconfig_entries.hpp"
#include "helper/commands/commands.hpp"
#include "helper/profile_drafting/entry_removal.hpp"
#include "helper/profile_drafting/flags.hpp"
#include "helper/profile_drafting/kubeconfig_entry.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/terminal/options.hpp"
#include "kubeconfig/file/location.hpp"
#include "kubeconfig/view/view.hpp"
#include "src/base/hostile_text.hpp"

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
    add_entry_flags(options);
    options.value("namespace,n", "namespace of the context (default: the profile's)")
        .flag("force", "replace entries of the same name that are not leasehold's")
        .positional("NAME");
}

Result<int> run_kubeconfig_add(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(EntryWish wish, read_entry_flags(options));
    wish.namespace_ = options.text("namespace").value_or("");
    LEASEHOLD_TRY_ASSIGN(const EntryOutcome outcome, add_entry(process, *call.profile, wish));
    complain_all(process, outcome.notices);
    if (wish.dry_run) {
        process.print(outcome.diff);
        return 0;
    }
    process.print("context " + outcome.context +
                  (outcome.changed ? " written to " : " is unchanged in ") + outcome.file + '\n');
    if (outcome.current != outcome.previous_current)
        process.print("current-context is now " + outcome.current + '\n');
    return 0;
}

void declare_kubeconfig_list(Options& options) {
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
    options.value("kubeconfig", "the file to change (default: all that kubectl reads)")
        .flag("dry-run", "show the change as a diff and write nothing")
        .flag("break-lock", "take away a lock file (FILE.lock) that is older than a minute")
        .positional("NAME");
}

Result<int> run_kubeconfig_remove(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(const std::string name, options.required("NAME"));
    LEASEHOLD_TRY_ASSIGN(RemovalOutcome outcome,
                         remove_entries(process, name,
                                        {.kubeconfig = options.text("kubeconfig"),
                                         .dry_run = options.has("dry-run"),
                                         .break_lock = options.has("break-lock")}));
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
