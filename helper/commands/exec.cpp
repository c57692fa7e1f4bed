// leasehold exec: a command with leases of its own.
#include "helper/commands/commands.hpp"
#include "helper/process/harden.hpp"
#include "helper/profile_drafting/flags.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/run/command.hpp"
#include "helper/run/files.hpp"
#include "helper/run/kubeconfig.hpp"
#include "helper/run/supervisor.hpp"
#include "helper/terminal/options.hpp"
#include "helper/upkeep/gone_profiles.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"

#include <algorithm>

namespace leasehold::helper {
namespace {

// The profile that the flags make, for this run alone.
constexpr const char* unnamed = "run";

// The flags that say what a profile is, but for those that hold for any.
Result<std::optional<std::string>> profile_flag(const Options& options) {
    Options flags("", "", "");
    add_profile_flags(flags);
    for (const Options::Declared& flag : flags.declared())
        if (flag.name != "ttl" && flag.name != "reason" && flag.name != "help" &&
            flag.name != "verbose" && options.has(flag.name.c_str()))
            return std::optional<std::string>(flag.name);
    return std::optional<std::string>();
}

Result<RunProfile> stored_profile(const Process& process, const std::string& name) {
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, load_profile(process, name));
    auto text = read_profile_text(profile.path);
    if (!text)
        return make_error(ErrorCode::configuration, quoted(profile.path) + " has just gone");
    return RunProfile{std::move(profile), *std::move(text)};
}

// Its path is no stored profile's, and the same for each such run, so that a later one finds in
// the cluster what an earlier one has left.
Result<RunProfile> profile_of_flags(const Process& process, const Options& options) {
    // Its notices are about files that do not last; nor does the run.
    LEASEHOLD_TRY_ASSIGN(ProfileDraft draft, draft_profile(process, options, unnamed));
    draft.profile.path = process.directories.config + "/run-alone.yaml";
    return RunProfile{std::move(draft.profile), std::move(draft.text)};
}

Result<std::vector<RunProfile>> open_profiles(const Process& process, const Options& options) {
    LEASEHOLD_TRY_ASSIGN(const auto flag, profile_flag(options));
    const auto names = options.texts("profile");
    if (names.empty() && !flag)
        return options.usage_error("for which profile?",
                                   "give --profile NAME, or the flags of 'leasehold profile add' "
                                   "for a profile of this run alone");
    if (!names.empty() && flag)
        return options.usage_error("--" + *flag + " makes a profile, and --profile names one",
                                   "give one or the other");
    std::vector<RunProfile> profiles;
    for (const std::string& name : names) {
        if (std::count(names.begin(), names.end(), name) > 1)
            return options.usage_error("--profile " + quoted(name, 80) + " is given twice");
        LEASEHOLD_TRY_ASSIGN(RunProfile profile, stored_profile(process, name));
        profiles.push_back(std::move(profile));
    }
    if (!flag)
        return profiles;
    if (options.has("shared"))
        return options.usage_error("a profile of this run alone has no leases to share",
                                   "leave out --shared");
    LEASEHOLD_TRY_ASSIGN(RunProfile profile, profile_of_flags(process, options));
    profiles.push_back(std::move(profile));
    return profiles;
}

Result<RunLeasing> read_leasing(const Options& options, const std::vector<RunProfile>& profiles,
                                bool token_file) {
    RunLeasing how{
        .shared = options.has("shared"), .token_file = token_file, .verbose = options.verbose()};
    LEASEHOLD_TRY_ASSIGN(how.ttl, options.duration("ttl"));
    how.reason = options.text("reason");
    LEASEHOLD_TRY(lease::check_reason(how.reason.value_or(""), ErrorCode::usage));
    if (how.ttl)
        for (const RunProfile& one : profiles)
            LEASEHOLD_TRY(lease::check_ttl(one.profile, *how.ttl, ErrorCode::usage));
    return how;
}

Result<void> write_files(const Process& process, const RunFiles& run,
                         const std::vector<RunProfile>& profiles, const RunLeasing& how) {
    for (const RunProfile& profile : profiles)
        LEASEHOLD_TRY(run.add(profile, process.directories.home));
    const RunUser user = how.token_file ? RunUser::token_file
                         : how.shared   ? RunUser::shared_plugin
                                        : RunUser::plugin;
    LEASEHOLD_TRY_ASSIGN(const std::string text, run_kubeconfig(process, run, profiles, user));
    return write_file(run.path("kubeconfig"), text, 0600);
}

Environment::Variables variables_of(const RunFiles& run, const std::vector<RunProfile>& profiles,
                                    const RunLeasing& how) {
    Environment::Variables variables{{"KUBECONFIG", run.path("kubeconfig")}};
    if (how.token_file)
        variables["LEASEHOLD_TOKEN_FILE"] = run.token_path(profiles.front().profile.name);
    return variables;
}

} // namespace

void declare_exec(Options& options) {
    options.examples(
        "leasehold exec --profile dev -- helm upgrade shop ./chart",
        "leasehold exec --profile dev --profile prod -- ./compare.sh",
        "leasehold exec --from-context admin -n ci --service-account deployer -- make");
    options
        .values("profile", "profile to lease for, repeatable; the context of the first is current")
        .flag("shared", "use the leases in this user's stores, and leave them there at the end")
        .flag("token-file", "keep the token in a file, for clients that can run no plugin; "
                            "LEASEHOLD_TOKEN_FILE names that of the first profile")
        .command("CMD");
    add_profile_flags(options);
}

Result<int> run_exec(Invocation& call) {
    Process& process = call.process;
    Options& options = call.options;
    const Arguments& words = options.command_words();
    // Here it is ours, and not the setting of that name.
    const bool token_file = options.has("token-file");
    options.unset("token-file");
    if (words.empty())
        return options.usage_error("no command is given",
                                   "put it behind '--': leasehold exec --profile NAME -- kubectl "
                                   "get pods");
    LEASEHOLD_TRY_ASSIGN(const auto profiles, open_profiles(process, options));
    LEASEHOLD_TRY_ASSIGN(const RunLeasing how, read_leasing(options, profiles, token_file));
    const std::string program = find_command_program(process, words.front());
    if (program.empty()) {
        process.complain("leasehold: error: " + quoted(words.front()) + " was not found in PATH\n");
        return command_not_found;
    }
    const RunSignals signals;
    LEASEHOLD_TRY_ASSIGN(RunFiles run, RunFiles::create(process));
    if (auto written = write_files(process, run, profiles, how); !written) {
        run.remove();
        return std::move(written).error();
    }
    auto command = CommandProcess::prepare(process, program, words,
                                           variables_of(run, profiles, how), signals.before());
    if (!command) {
        run.remove();
        return std::move(command).error();
    }
    // The command may use setuid programs; nothing else that starts from here may.
    forbid_new_privileges();
    sweep_notes_if_many(process);
    return supervise(process, run, *command, signals, how);
}

} // namespace leasehold::helper
