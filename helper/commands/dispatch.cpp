#include "helper/commands/dispatch.hpp"

#include "helper/commands/command.hpp"
#include "helper/commands/commands.hpp"
#include "helper/commands/opening.hpp"
#include "helper/commands/topics.hpp"
#include "helper/process/client_call.hpp"
#include "helper/process/client_environment.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/terminal/suggestion.hpp"
#include "helper/terminal/text.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/local_fault.hpp"
#include "src/lease/kubeconfig_user/plugin_environment.hpp"
#include "src/lease/providers.hpp"

#include <algorithm>
#include <exception>

#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

bool asks_for_help(std::string_view word) {
    return word == "--help" || word == "-h" || word == "help";
}

// Whether the command's words begin with these, whole words only: "" begins all.
bool begins_with(std::string_view command, std::string_view words) {
    return words.empty() || (command.starts_with(words) && command.size() > words.size() &&
                             command[words.size()] == ' ');
}

bool is_group(std::string_view words) {
    return std::any_of(commands().begin(), commands().end(),
                       [&](const Command& command) { return begins_with(command.words, words); });
}

std::string overview(const std::string& group) {
    std::string out =
        "Usage: leasehold " + (group.empty() ? "" : group + ' ') + "COMMAND [OPTIONS]\n\n";
    if (group.empty())
        out += "Leases short-lived Kubernetes tokens, caches them in the secret store, hands\n"
               "them to kubectl and every other client of client.authentication.k8s.io.\n\n"
               "  leasehold setup dev --from-context admin    begin: asks for what is missing\n"
               "  leasehold status                            what the next kubectl would use\n"
               "  leasehold doctor                            find out what does not work\n\n";
    for (const Command& command : commands()) {
        if (is_hidden(command) || !begins_with(command.words, group))
            continue;
        const std::string name(command.words);
        out += "  " + name + std::string(30 - std::min<std::size_t>(name.size(), 28), ' ') +
               command.summary + '\n';
    }
    return out + "\n'leasehold COMMAND --help' tells more of each.\n"
                 "'leasehold help topics' lists what there is help on besides.\n";
}

// 'help TOPIC' and 'help topics'. What is a group of commands, too, ends with those.
std::optional<std::string> help_on_topic(const Arguments& words) {
    if (words.size() != 2 || words.front() != "help")
        return std::nullopt;
    if (words[1] == "topics")
        return topics_text();
    const Topic* topic = find_topic(words[1]);
    if (topic == nullptr)
        return std::nullopt;
    return topic_text(*topic) + (is_group(words[1]) ? '\n' + overview(words[1]) : "");
}

// The longest row whose words stand in front.
const Command* find_command(const Arguments& words, std::size_t& length) {
    std::string text;
    const Command* found = nullptr;
    for (std::size_t i = 0; i < words.size() && i < 3; ++i) {
        text += (i == 0 ? "" : " ") + words[i];
        for (const Command& command : commands())
            if (command.words == text) {
                found = &command;
                length = i + 1;
            }
    }
    return found;
}

// A kubeconfig's author chooses the arguments of an allow-listed program, but cannot take this
// variable away: clients set it after exec.env (G7).
Result<void> check_caller(const Process& process, const Command& command) {
    if (command.callers == Callers::background && !process.detached)
        return make_error(ErrorCode::usage,
                          quoted(command.words) + " is started by leasehold itself only",
                          "see 'leasehold --help'");
    if (command.callers == Callers::clients || !process.environment.get(client_variable))
        return {};
    return make_error(ErrorCode::usage,
                      "a kubeconfig may not run 'leasehold " + std::string(command.words) +
                          "': " + std::string(client_variable) + " is set, so a client called this",
                      "a kubeconfig's plugin is 'leasehold credential --profile NAME'; in a shell "
                      "of your own: unset " +
                          std::string(client_variable));
}

// Opens what the row asks for.
Result<void> open_needs(const Command& command, Invocation& call) {
    const Options& options = call.options;
    if (!options.formats().empty()) {
        LEASEHOLD_TRY_ASSIGN(call.format, options.format());
    }
    if (command.needs == Needs::nothing)
        return {};
    return command.needs == Needs::assembly ? open_assembly(call) : open_profile(call);
}

// A client's call that lacks what its kubeconfig set says so when it fails.
Error with_withheld(Error error, const Environment& withheld) {
    std::string names;
    for (const auto& [name, value] : withheld.all()) {
        if (names_a_place(name))
            return error; // that is what the error is about
        if (lease::reaches_plugins(name) || lease::is_a_providers(name))
            names += (names.empty() ? "" : ", ") + name;
    }
    if (names.empty())
        return error;
    error.hint += (error.hint.empty() ? "" : "\n") +
                  std::string("left out, since the client itself was not started with it: ") +
                  hostile_text(names) +
                  "; 'environment: [NAME]' in the profile lets a kubeconfig set a variable";
    return error;
}

Result<int> run_command(Process& process, const Command& command, const Arguments& words) {
    LEASEHOLD_TRY(check_caller(process, command));
    Options options(std::string(command.words), command.usage, command.about);
    if (command.declare != nullptr)
        command.declare(options);
    if (command.declare != nullptr && !command.parses_itself)
        LEASEHOLD_TRY(options.parse(words));
    else if (!is_hidden(command) && std::any_of(words.begin(), words.end(), asks_for_help))
        LEASEHOLD_TRY(options.parse({"--help"}));
    if (options.help_wanted()) {
        process.print(options.help());
        return 0;
    }
    if (command.callers == Callers::people)
        process.person = ::isatty(0) == 1 && ::isatty(2) == 1;
    Invocation call{process, options, words, OutputFormat::table, {}, {}, nullptr};
    LEASEHOLD_TRY(open_needs(command, call));
    Result<int> outcome = command.run(call);
    if (!outcome)
        return with_withheld(std::move(outcome).error(), process.withheld);
    return outcome;
}

Error unknown_command(const Arguments& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size() && i < 3 && (i == 0 || is_group(text)); ++i)
        text += (i == 0 ? "" : " ") + words[i];
    std::vector<std::string> known;
    const bool help = words.back() == "--help";
    if (help)
        for (const Topic& topic : topics())
            known.emplace_back(topic.name);
    for (const Command& command : commands())
        for (std::string_view rest = command.words; *command.summary != '\0' && !rest.empty();
             rest = rest.substr(0, rest.rfind(' ') == rest.npos ? 0 : rest.rfind(' ')))
            known.emplace_back(rest);
    const std::string close = closest(text, known);
    return make_error(ErrorCode::usage, "unknown command " + quoted(text, 80),
                      (close.empty() ? ""
                                     : "did you mean 'leasehold " +
                                           std::string(help ? "help " : "") + close + "'?\n") +
                          std::string("see 'leasehold --help'"));
}

Result<int> run_words(Process& process) {
    Arguments words = process.arguments;
    if (words.empty()) {
        process.print(overview(""));
        return static_cast<int>(ErrorCode::usage);
    }
    if (words.front() == "--version")
        words.front() = "version";
    if (const auto text = help_on_topic(words)) {
        process.print(*text);
        return 0;
    }
    // 'help COMMAND' is 'COMMAND --help'.
    if (asks_for_help(words.front())) {
        words.erase(words.begin());
        words.emplace_back("--help");
    }
    std::size_t length = 0;
    if (const Command* command = find_command(words, length))
        return run_command(
            process, *command,
            Arguments(words.begin() + static_cast<std::ptrdiff_t>(length), words.end()));
    std::string group;
    std::size_t at = 0;
    for (; at < words.size(); ++at) {
        const std::string longer = group + (at == 0 ? "" : " ") + words[at];
        if (!is_group(longer))
            break;
        group = longer;
    }
    const bool help = at < words.size() && asks_for_help(words[at]);
    if (!help && (at < words.size() || group.empty()))
        return unknown_command(words);
    process.print(overview(group));
    return help ? 0 : static_cast<int>(ErrorCode::usage);
}

// Where a HOME is meant that is not there, everything in it is missing.
Error with_home(Error error, const Environment& environment) {
    const std::string home = environment.value("HOME");
    struct stat status {};
    if (error.code != ErrorCode::configuration || home.empty() ||
        (::stat(home.c_str(), &status) == 0 && S_ISDIR(status.st_mode)))
        return error;
    error.hint += std::string(error.hint.empty() ? "" : "\n") + "HOME is " + quoted(home) +
                  ", which is no directory: set it to your home";
    return error;
}

} // namespace

int dispatch(Process& process) {
    Result<int> outcome = make_error(ErrorCode::internal, "nothing was done");
    try {
        outcome = run_words(process);
    } catch (const std::exception& exception) {
        outcome = local_fault(exception).value_or(make_error(
            ErrorCode::internal, hostile_text(exception.what()), "this is a bug of leasehold's"));
    }
    if (outcome && process.output_failed)
        outcome = make_error(ErrorCode::internal, "stdout could not take the output");
    if (outcome)
        return *outcome;
    take_last_word();
    process.complain(error_text(with_home(outcome.error(), process.environment)));
    return static_cast<int>(outcome.error().code);
}

} // namespace leasehold::helper
