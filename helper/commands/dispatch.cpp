#include "helper/commands/dispatch.hpp"

#include "helper/commands/commands.hpp"
#include "helper/terminal/text.hpp"
#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <array>
#include <exception>

namespace leasehold::helper {
namespace {

struct Command {
    std::string_view group; // "" for commands of one word
    std::string_view name;
    std::string_view summary; // "" for what is not for people
    Result<int> (*run)(Process&, const Arguments&);
};

constexpr std::array commands = {
    Command{"", "setup", "profile, kubeconfig entry and a first lease in one step", run_setup},
    Command{"", "credential", "the exec plugin: print an ExecCredential for kubectl",
            run_credential},
    Command{"", "renew-in-background", "", run_renew_in_background},
    Command{"", "sweep-in-background", "", run_sweep_in_background},
    Command{"profile", "add", "write a profile", run_profile_add},
    Command{"profile", "list", "list the profiles", run_profile_list},
    Command{"profile", "show", "show a profile and where each value comes from", run_profile_show},
    Command{"profile", "check", "ask the cluster whether a profile can work", run_profile_check},
    Command{"profile", "remove", "remove a profile and what is kept for it", run_profile_remove},
    Command{"kubeconfig", "add", "write a kubeconfig entry for a profile", run_kubeconfig_add},
    Command{"kubeconfig", "list", "list the kubeconfig entries that are leasehold's",
            run_kubeconfig_list},
    Command{"kubeconfig", "remove", "remove a kubeconfig entry of leasehold's",
            run_kubeconfig_remove},
    Command{"lease", "create", "lease a token now", run_lease_create},
    Command{"lease", "list", "list leases as servers and stores know them", run_lease_list},
    Command{"lease", "show", "show one lease", run_lease_show},
    Command{"lease", "renew", "a new token under the same lease", run_lease_renew},
    Command{"lease", "revoke", "end leases before their time", run_lease_revoke},
    Command{"lease", "prune", "remove what is left of expired leases", run_lease_prune},
    Command{"cache", "list", "list what the stores hold", run_cache_list},
    Command{"cache", "clear", "forget cached tokens", run_cache_clear},
    Command{"", "login", "keep a requester's token in the secret store", run_login},
    Command{"", "logout", "forget the requester's token and the profile's leases", run_logout},
    Command{"", "audit", "print the audit log", run_audit},
    Command{"infisical", "definition", "keep the dynamic secrets that are leased",
            run_infisical_definition},
    Command{"", "doctor", "find and explain what does not work", run_doctor},
    Command{"", "completion", "print a completion script for bash, zsh or fish", run_completion},
    Command{"", "version", "print the version", run_version},
};

std::string overview(std::string_view group) {
    std::string out = "Usage: leasehold " + (group.empty() ? "" : std::string(group) + ' ') +
                      "COMMAND [OPTIONS]\n\n";
    if (group.empty())
        out += "Leases short-lived Kubernetes tokens, caches them in the secret store, and hands "
               "them\nto kubectl and every other client of client.authentication.k8s.io.\n\n";
    out += "Commands:\n";
    for (const Command& command : commands) {
        if (command.summary.empty() || (!group.empty() && command.group != group))
            continue;
        std::string name(command.group);
        name += (name.empty() ? "" : " ") + std::string(command.name);
        out += "  " + name + std::string(22 - std::min<std::size_t>(name.size(), 21), ' ') +
               std::string(command.summary) + '\n';
    }
    return out + "\n'leasehold COMMAND --help' tells more of each.\n";
}

bool is_group(std::string_view word) {
    return std::any_of(commands.begin(), commands.end(), [&](const Command& command) {
        return !command.group.empty() && command.group == word;
    });
}

const Command* find_command(std::string_view group, std::string_view name) {
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const Command& command) {
        return command.group == group && command.name == name;
    });
    return found == commands.end() ? nullptr : &*found;
}

bool asks_for_help(std::string_view word) {
    return word == "--help" || word == "-h" || word == "help";
}

Result<int> run_words(Process& process) {
    const Arguments& words = process.arguments;
    if (words.empty())
        return make_error(ErrorCode::usage, "no command is given", "see 'leasehold --help'");
    if (asks_for_help(words[0])) {
        process.print(overview(""));
        return 0;
    }
    if (words[0] == "--version")
        return run_version(process, {});
    const bool grouped = is_group(words[0]);
    if (grouped && (words.size() == 1 || asks_for_help(words[1]))) {
        process.print(overview(words[0]));
        return words.size() == 1 ? static_cast<int>(ErrorCode::usage) : 0;
    }
    const Command* command =
        grouped ? find_command(words[0], words[1]) : find_command("", words[0]);
    if (command == nullptr)
        return make_error(ErrorCode::usage,
                          "unknown command " +
                              quoted(grouped ? words[0] + ' ' + words[1] : words[0], 80),
                          "see 'leasehold --help'");
    return command->run(process, Arguments(words.begin() + (grouped ? 2 : 1), words.end()));
}

} // namespace

int dispatch(Process& process) {
    Result<int> outcome = make_error(ErrorCode::internal, "nothing was done");
    try {
        outcome = run_words(process);
    } catch (const std::exception& exception) {
        outcome = make_error(ErrorCode::internal, hostile_text(exception.what()),
                             "this is a bug of leasehold's or the machine is out of memory");
    }
    if (outcome && process.output_failed)
        outcome = make_error(ErrorCode::internal, "stdout could not take the output");
    if (outcome)
        return *outcome;
    process.complain(error_text(outcome.error()));
    return static_cast<int>(outcome.error().code);
}

} // namespace leasehold::helper
