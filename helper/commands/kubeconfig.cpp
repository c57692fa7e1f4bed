// leasehold kubeconfig add | list | remove.
#include "helper/commands/commands.hpp"
#include "helper/profile_drafting/kubeconfig_entry.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/terminal/options.hpp"
#include "kubeconfig/document/document.hpp"
#include "kubeconfig/file/file.hpp"
#include "kubeconfig/file/location.hpp"
#include "kubeconfig/show/diff.hpp"
#include "src/base/hostile_text.hpp"

namespace leasehold::helper {
namespace {

namespace json = boost::json;
using kubeconfig::KubeconfigDocument;

// Our contexts of one file.
Result<std::vector<kubeconfig::Listed>> own_contexts(const std::string& path) {
    LEASEHOLD_TRY_ASSIGN(std::string text, kubeconfig::read_kubeconfig(path));
    LEASEHOLD_TRY_ASSIGN(const auto document, KubeconfigDocument::parse(std::move(text), path));
    std::vector<kubeconfig::Listed> own;
    for (kubeconfig::Listed& entry : document.entries())
        if (entry.section == kubeconfig::Section::contexts && entry.profile)
            own.push_back(std::move(entry));
    return own;
}

std::string describe(const std::vector<kubeconfig::Change>& changes) {
    std::string text;
    for (const kubeconfig::Change& change : changes) {
        using Action = kubeconfig::Change::Action;
        const char* action = change.action == Action::added      ? "added"
                             : change.action == Action::replaced ? "replaced"
                             : change.action == Action::removed  ? "removed"
                                                                 : "kept";
        text += std::string(action) + ' ' + change.what + ' ' + change.name +
                (change.note.empty() ? "" : " (" + change.note + ')') + '\n';
    }
    return text;
}

} // namespace

void declare_kubeconfig_add(Options& options) {
    add_entry_flags(options);
    options.value("namespace", "namespace of the context (default: the profile's)")
        .flag("force", "replace entries of the same name that are not leasehold's")
        .positional("NAME");
}

Result<int> run_kubeconfig_add(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(EntryWish wish, read_entry_flags(options));
    wish.namespace_ = options.text("namespace").value_or("");
    LEASEHOLD_TRY_ASSIGN(const EntryOutcome outcome, add_entry(process, *call.profile, wish));
    for (const std::string& notice : outcome.notices)
        process.complain("leasehold: " + notice + '\n');
    if (wish.dry_run) {
        process.print(outcome.diff);
        return 0;
    }
    process.print("context " + outcome.context +
                  (outcome.diff.empty() ? " is unchanged in " : " written to ") + outcome.file +
                  '\n');
    if (outcome.current != outcome.previous_current)
        process.print("current-context is now " + outcome.current + '\n');
    return 0;
}

void declare_kubeconfig_list(Options& options) {
    options.value("kubeconfig", "only this file").output();
}

Result<int> run_kubeconfig_list(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    const OutputFormat format = call.format;
    LEASEHOLD_TRY_ASSIGN(const auto files, kubeconfig::kubeconfig_files(options.text("kubeconfig"),
                                                                        process.environment));
    json::array list;
    Table table{{"CONTEXT", "PROFILE", "NAMESPACE", "CLUSTER", "FILE"}, {}};
    for (const std::string& file : files) {
        LEASEHOLD_TRY_ASSIGN(const auto contexts, own_contexts(file));
        for (const kubeconfig::Listed& context : contexts) {
            table.rows.push_back(
                {context.name, *context.profile, context.namespace_, context.cluster, file});
            list.push_back(json::object{{"context", context.name},
                                        {"profile", *context.profile},
                                        {"namespace", context.namespace_},
                                        {"cluster", context.cluster},
                                        {"user", context.user},
                                        {"file", file}});
        }
    }
    if (format == OutputFormat::table)
        process.print(table.rows.empty() ? "no kubeconfig entries of leasehold's\n"
                                         : to_table(table));
    else
        process.print(format == OutputFormat::json ? to_json(list) : to_yaml(list));
    return 0;
}

void declare_kubeconfig_remove(Options& options) {
    options.value("kubeconfig", "the file to change (default: as kubectl config)")
        .flag("dry-run", "show the change as a diff and write nothing")
        .flag("break-lock", "take away a lock file (FILE.lock) that is older than a minute")
        .positional("NAME");
}

Result<int> run_kubeconfig_remove(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(const std::string name, options.required("NAME"));
    LEASEHOLD_TRY_ASSIGN(
        const std::string path,
        kubeconfig::kubeconfig_to_edit(options.text("kubeconfig"), process.environment));
    std::vector<kubeconfig::Change> changes;
    std::string diff;
    const auto edit = [&](std::string old) -> Result<std::string> {
        LEASEHOLD_TRY_ASSIGN(auto document, KubeconfigDocument::parse(old, path));
        LEASEHOLD_TRY_ASSIGN(changes, document.remove(name));
        diff = kubeconfig::unified_diff(old, document.text(), path);
        return document.text();
    };
    if (options.has("dry-run")) {
        LEASEHOLD_TRY_ASSIGN(std::string old, kubeconfig::read_kubeconfig(path));
        LEASEHOLD_TRY(edit(std::move(old)));
        process.print(diff);
        return 0;
    }
    LEASEHOLD_TRY(kubeconfig::edit_file(path, {.break_lock = options.has("break-lock")}, edit));
    if (changes.empty())
        return make_error(ErrorCode::configuration,
                          quoted(path) + " has no entry of leasehold's for profile " + quoted(name),
                          "'leasehold kubeconfig list' shows those there are");
    process.print(describe(changes));
    return 0;
}

} // namespace leasehold::helper
