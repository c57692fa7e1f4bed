// leasehold kubeconfig wrap | unwrap.
#include "cache/notes/clearance.hpp"
#include "helper/commands/commands.hpp"
#include "helper/profile_drafting/wrapping.hpp"
#include "helper/terminal/options.hpp"
#include "helper/terminal/secret_input.hpp"
#include "kubeconfig/file/file.hpp"
#include "kubeconfig/file/location.hpp"
#include "kubeconfig/show/diff.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/providers.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <thread>

namespace leasehold::helper {
namespace {

using kubeconfig::KubeconfigDocument;
using kubeconfig::Wrappable;

void declare_common(Options& options) {
    options.value("kubeconfig", "the kubeconfig (default: all that kubectl reads)")
        .flag("all", "all contexts for which it is possible")
        .flag("dry-run", "show the change as a diff and write nothing")
        .flag("yes", "do not ask")
        .flag("break-lock", "take away a lock file (FILE.lock) that is older than a minute")
        .positional("CONTEXT", -1);
}

Result<std::vector<std::string>> files_of(const Process& process, const Options& options) {
    return kubeconfig::kubeconfig_files(options.text("kubeconfig"), process.environment);
}

struct Sight {
    kubeconfig::View view;
    std::vector<Wrappable> all;
};

Result<Sight> look_around(const Process& process, const Options& options) {
    LEASEHOLD_TRY_ASSIGN(const auto files, files_of(process, options));
    Sight sight{kubeconfig::look(files), {}};
    if (sight.view.files.empty() && !sight.view.unread.empty())
        return sight.view.unread.front();
    sight.all = kubeconfig::find_wrappables(sight.view);
    return sight;
}

// Programs that write a kubeconfig in place show an empty one meanwhile, or half of it.
bool is_changing(const std::vector<FileIdentity>& before, const std::vector<FileIdentity>& after) {
    const auto is_empty = [](const FileIdentity& file) {
        return file.inode != 0 && file.size == 0;
    };
    return before != after || std::any_of(after.begin(), after.end(), is_empty);
}

// What `plan` makes of files that stand still while it looks; after a second, of whatever is there.
template <class Plan>
auto plan_in_peace(const Process& process, const Options& options, Plan plan) -> decltype(plan()) {
    constexpr int most_looks = 20;
    LEASEHOLD_TRY_ASSIGN(const auto files, files_of(process, options));
    if (!options.has("dry-run"))
        kubeconfig::remove_abandoned_locks(files);
    const auto identities = [&] {
        std::vector<FileIdentity> all;
        for (const std::string& path : files)
            all.push_back(cache::file_identity_at(path));
        return all;
    };
    for (int look = 1;; ++look) {
        const auto before = identities();
        auto planned = plan();
        if (look == most_looks || !is_changing(before, identities()))
            return planned;
        std::this_thread::sleep_for(Milliseconds(50));
    }
}

// The named ones, or all that are wanted.
Result<std::vector<Wrappable>> choose(const Options& options, const Sight& sight, bool wrapped) {
    const auto names = options.texts("CONTEXT");
    if (names.empty() != options.has("all"))
        return options.usage_error(names.empty() ? "no context is named" : "CONTEXT or --all?");
    std::vector<Wrappable> chosen;
    for (const Wrappable& one : sight.all)
        if (options.has("all") && one.profile.has_value() == wrapped)
            chosen.push_back(one);
    for (const std::string& name : names) {
        const auto context = kubeconfig::find(sight.view, kubeconfig::Section::contexts, name);
        if (context.entry == nullptr)
            return make_error(ErrorCode::configuration, "there is no context " + quoted(name),
                              "'kubectl config get-contexts' lists them");
        const auto found =
            std::find_if(sight.all.begin(), sight.all.end(),
                         [&](const Wrappable& one) { return one.user == context.entry->user; });
        if (found == sight.all.end())
            return make_error(ErrorCode::configuration,
                              "the user of context " + quoted(name) +
                                  " has no exec plugin of another program's");
        chosen.push_back(*found);
        chosen.back().context = name;
        chosen.back().cluster = context.entry->cluster;
    }
    return chosen;
}

// One edit of each file, shown as a diff or made.
using Changes = Result<std::vector<kubeconfig::Change>>;
using Edits = std::map<std::string, std::function<Changes(KubeconfigDocument&)>>;

Result<std::string> edit_files(const Edits& edits, const Options& options, bool dry_run) {
    std::string diffs;
    for (const auto& [path, change] : edits) {
        const auto edit = [&, &path = path,
                           &change = change](std::string old) -> Result<std::string> {
            LEASEHOLD_TRY_ASSIGN(auto document, KubeconfigDocument::parse(old, path));
            LEASEHOLD_TRY(change(document));
            if (dry_run)
                diffs += kubeconfig::unified_diff(old, document.text(), path);
            return document.text();
        };
        LEASEHOLD_TRY(kubeconfig::edit_file(
            path, {.break_lock = options.has("break-lock"), .dry_run = dry_run}, edit));
    }
    return diffs;
}

Edits wrapping_edits(const std::vector<PlannedWrapping>& plans) {
    std::map<std::string, std::vector<kubeconfig::Wrapping>> wrappings;
    for (const PlannedWrapping& plan : plans)
        wrappings[plan.target.file].push_back(plan.wrapping);
    Edits edits;
    for (auto& [file, those] : wrappings)
        edits[file] = [those = std::move(those)](KubeconfigDocument& document) {
            return document.wrap(those);
        };
    return edits;
}

// Whether the person agrees; without a terminal whoever calls has.
Result<bool> agreed(const Options& options) {
    if (options.has("yes") || !can_ask())
        return true;
    LEASEHOLD_TRY_ASSIGN(const std::string answer, ask_line("write this? (y/n)", "n"));
    return answer == "y" || answer == "yes";
}

std::string described(const PlannedWrapping& plan) {
    const lease::Profile& profile = plan.draft.profile;
    std::string text = "# context " + hostile_text(plan.target.context) + ": profile " +
                       profile.name + " in " + profile.path + " runs\n";
    for (const auto& [key, value] : profile.kind->shown(profile.settings, profile.terms))
        text += "#   " + key + ": " + hostile_text(value, 1024) + '\n';
    for (const ProfileDraft& other : plan.siblings)
        text += "# for cluster " + hostile_text(other.profile.cluster.server.text()) +
                ", of the same user: profile " + other.profile.name + " in " + other.profile.path +
                '\n';
    return text;
}

std::vector<std::string> profile_flags(const Options& options) {
    std::vector<std::string> flags;
    for (const char* name : {"ttl", "deadline"})
        if (const auto value = options.text(name))
            flags.push_back("--" + std::string(name) + '=' + *value);
    if (const auto file = options.text("kubeconfig"))
        flags.push_back("--from-kubeconfig=" + *file);
    for (const char* name : {"store", "depends-on", "allow-variable"})
        for (const std::string& value : options.texts(name))
            flags.push_back("--" + std::string(name) + '=' + value);
    return flags;
}

struct Plan {
    std::vector<PlannedWrapping> wrappings;
    std::string remarks; // lines for people
};

// Plans for all; with --all what cannot be wrapped is told and left out.
Result<Plan> plan_all(const Process& process, const Options& options) {
    LEASEHOLD_TRY_ASSIGN(const Sight sight, look_around(process, options));
    LEASEHOLD_TRY_ASSIGN(const auto chosen, choose(options, sight, false));
    if (options.has("profile") && chosen.size() != 1)
        return options.usage_error("--profile is for one context");
    Plan all;
    for (const Wrappable& target : chosen) {
        const std::string context = "leasehold: context " + quoted(target.context);
        if (target.profile) {
            all.remarks += context + " is wrapped already, by profile " + *target.profile + '\n';
            continue;
        }
        const std::string name = options.text("profile").value_or(profile_name_of(target.context));
        auto plan = plan_wrapping(process, target, name, profile_flags(options));
        if (plan)
            all.wrappings.push_back(*std::move(plan));
        else if (options.has("all"))
            all.remarks += context + " is left as it is: " + plan.error().message + '\n';
        else
            return std::move(plan).error();
    }
    return all;
}

Result<void> write_profiles(const std::vector<PlannedWrapping>& plans) {
    // The one that names the others comes last.
    for (const PlannedWrapping& plan : plans) {
        for (const ProfileDraft& other : plan.siblings)
            LEASEHOLD_TRY(write_profile(other, true));
        LEASEHOLD_TRY(write_profile(plan.draft, true));
    }
    return {};
}

} // namespace

void declare_kubeconfig_wrap(Options& options) {
    options.examples("leasehold kubeconfig wrap prod", "leasehold kubeconfig wrap --all --dry-run",
                     "leasehold kubeconfig wrap prod --ttl 15m --yes");
    declare_common(options);
    options.value("profile", "name of the profile (default: the context's name)")
        .value("ttl", "how long a credential is kept that does not say when it ends (default 5m)")
        .value("deadline", "how long a call may take in all (default 30s)")
        .values("store", "secret store, repeatable, in order")
        .values("depends-on", "variable or file, repeatable, by which the plugin chooses whose "
                              "credential it prints; those of known plugins need not be named")
        .values("allow-variable", "variable, repeatable, that the plugin gets besides those that "
                                  "such plugins are known to need");
}

Result<int> run_kubeconfig_wrap(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(const Plan plan_of_all, plan_in_peace(process, options, [&] {
                             return plan_all(process, options);
                         }));
    process.complain(plan_of_all.remarks);
    const auto& plans = plan_of_all.wrappings;
    for (const PlannedWrapping& plan : plans) {
        complain_all(process, plan.notices);
        process.print(described(plan));
    }
    const Edits edits = wrapping_edits(plans);
    LEASEHOLD_TRY_ASSIGN(const std::string diff, plan_in_peace(process, options, [&] {
                             return edit_files(edits, options, true);
                         }));
    process.print(diff);
    if (plans.empty())
        process.print("nothing to wrap\n");
    if (plans.empty() || options.has("dry-run"))
        return 0;
    LEASEHOLD_TRY_ASSIGN(const bool go, agreed(options));
    if (!go)
        return make_error(ErrorCode::interrupted, "nothing was written");
    LEASEHOLD_TRY(write_profiles(plans));
    LEASEHOLD_TRY(edit_files(edits, options, false));
    for (const PlannedWrapping& plan : plans)
        process.print("wrapped context " + hostile_text(plan.target.context) + " by profile " +
                      plan.draft.profile.name + '\n');
    return 0;
}

void declare_kubeconfig_unwrap(Options& options) {
    options.examples("leasehold kubeconfig unwrap prod",
                     "leasehold kubeconfig unwrap --all --dry-run",
                     "leasehold kubeconfig unwrap --all --yes");
    declare_common(options);
}

Result<int> run_kubeconfig_unwrap(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    const auto plan = [&]() -> Result<std::vector<Wrappable>> {
        LEASEHOLD_TRY_ASSIGN(const Sight sight, look_around(process, options));
        return choose(options, sight, true);
    };
    LEASEHOLD_TRY_ASSIGN(const auto chosen, plan_in_peace(process, options, plan));
    std::map<std::string, std::vector<std::string>> users; // by file
    std::string done;
    for (const Wrappable& target : chosen) {
        if (!target.profile) {
            process.complain("leasehold: context " + quoted(target.context) + " is not wrapped\n");
            continue;
        }
        users[target.file].push_back(target.user);
        done += "unwrapped context " + hostile_text(target.context) + "; profile " +
                *target.profile + " is kept: leasehold profile remove " + *target.profile + '\n';
    }
    Edits edits;
    for (const auto& [file, those] : users)
        edits[file] = [&those = those](KubeconfigDocument& document) {
            return document.unwrap(those);
        };
    LEASEHOLD_TRY_ASSIGN(const std::string diff, plan_in_peace(process, options, [&] {
                             return edit_files(edits, options, true);
                         }));
    process.print(diff);
    if (done.empty())
        process.print("nothing to unwrap\n");
    if (done.empty() || options.has("dry-run"))
        return 0;
    LEASEHOLD_TRY_ASSIGN(const bool go, agreed(options));
    if (!go)
        return make_error(ErrorCode::interrupted, "nothing was written");
    LEASEHOLD_TRY(edit_files(edits, options, false));
    process.print(done);
    return 0;
}

} // namespace leasehold::helper
