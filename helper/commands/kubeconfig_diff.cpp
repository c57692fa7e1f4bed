// leasehold kubeconfig diff | allow-list.
#include "helper/commands/commands.hpp"
#include "helper/profile_drafting/entry_addition.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/terminal/options.hpp"
#include "kubeconfig/file/location.hpp"
#include "kubeconfig/view/view.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/yaml_scalar.hpp"

#include <algorithm>

namespace leasehold::helper {
namespace {

using kubeconfig::Listed;
using kubeconfig::Section;
using kubeconfig::View;
using kubeconfig::ViewedFile;

// Drift is no failure, but what diff(1) tells by the same code.
constexpr int drifted = 1;

// As the context was asked for when it was written.
EntryWish wish_of(const View& view, const ViewedFile& file, const Listed& context) {
    EntryWish wish;
    wish.kubeconfig = file.path;
    wish.context = context.name;
    wish.user = context.user;
    wish.cluster = context.cluster;
    wish.namespace_ = context.namespace_;
    wish.dry_run = true;
    const auto user = kubeconfig::find(view, Section::users, context.user);
    if (user.entry != nullptr) {
        wish.command_by_name = user.entry->command.find('/') == std::string::npos;
        if (user.entry->api_version.ends_with("/v1beta1"))
            wish.exec_api_version = "v1beta1";
    }
    return wish;
}

class Diff {
public:
    Diff(Process& process, const View& view, std::vector<std::string> names)
        : process_(process), view_(view), names_(std::move(names)) {}

    Result<int> run() {
        for (const ViewedFile& file : view_.files)
            for (const Listed& context : file.listing.entries)
                if (context.section == Section::contexts && context.profile && wanted(context))
                    look_at(file, context);
        std::vector<EntryOrder> orders;
        for (const auto& [profile, wish] : there_)
            orders.push_back({&profile, wish});
        LEASEHOLD_TRY_ASSIGN(Additions additions, add_entries(process_, orders));
        process_.print(additions.diff);
        if (additions.error)
            return *std::move(additions.error);
        for (const EntryOutcome& outcome : additions.entries)
            code_ = outcome.changed ? drifted : code_;
        for (const std::string& name : names_)
            if (std::find(seen_.begin(), seen_.end(), name) == seen_.end())
                tell("profile " + name + " has no entry");
        return code_;
    }

private:
    bool wanted(const Listed& context) const {
        return names_.empty() ||
               std::find(names_.begin(), names_.end(), *context.profile) != names_.end();
    }

    void tell(const std::string& text) {
        process_.print(text + '\n');
        code_ = drifted;
    }

    void look_at(const ViewedFile& file, const Listed& context) {
        seen_.push_back(*context.profile);
        if (auto profile = load_profile(process_, *context.profile))
            there_.emplace_back(*std::move(profile), wish_of(view_, file, context));
        else
            tell("context " + context.name + " in " + file.path + ": " + profile.error().message);
    }

    Process& process_;
    const View& view_;
    std::vector<std::string> names_;
    std::vector<std::string> seen_;
    std::vector<std::pair<lease::Profile, EntryWish>> there_;
    int code_ = 0;
};

} // namespace

void declare_kubeconfig_diff(Options& options) {
    options.examples("leasehold kubeconfig diff", "leasehold kubeconfig diff dev prod",
                     "leasehold kubeconfig diff --kubeconfig team.yaml");
    options.value("kubeconfig", "only this file (default: all that kubectl reads)")
        .positional("NAME", -1);
}

Result<int> run_kubeconfig_diff(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(const auto files, kubeconfig::kubeconfig_files(options.text("kubeconfig"),
                                                                        process.environment));
    const View view = kubeconfig::look(files);
    if (!view.unread.empty())
        return view.unread.front();
    return Diff(process, view, options.texts("NAME")).run();
}

void declare_kubeconfig_allow_list(Options& options) {
    options.examples("leasehold kubeconfig allow-list",
                     "leasehold kubeconfig allow-list --command-mode name",
                     "leasehold kubeconfig allow-list > ~/.kube/kuberc");
    options.value("command-mode", "abs (the default): leasehold by its path; name: by its name");
}

Result<int> run_kubeconfig_allow_list(Invocation& call) {
    const Options& options = call.options;
    const std::string mode = options.text("command-mode").value_or("abs");
    if (mode != "abs" && mode != "name")
        return options.usage_error("--command-mode " + quoted(mode) + " is not abs or name");
    call.process.print("apiVersion: kubectl.config.k8s.io/v1beta1\n"
                       "kind: Preference\n"
                       "credentialPluginPolicy: Allowlist\n"
                       "credentialPluginAllowlist:\n"
                       "- command: " +
                       yaml_scalar(mode == "name" ? "leasehold" : stable_command(call.process)) +
                       '\n');
    return 0;
}

} // namespace leasehold::helper
