// The options of one command: declared, parsed and explained in one place (Boost.Program_options,
// without its abbreviations and response files).
#pragma once

#include "helper/terminal/text.hpp"
#include "src/base/clock.hpp"
#include "src/base/error.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

class Options {
public:
    // `command` is "lease create", `usage` what follows it, `about` one paragraph.
    Options(std::string command, std::string usage, std::string about);
    ~Options();
    Options(Options&&) noexcept;

    // Three calls of the command that show what it is for, each a line of at most 78 characters or
    // several that a shell reads as one. They stand above all else in its help.
    Options& examples(const char* first, const char* second, const char* third);
    // Declares an option; `help` is a sentence without its period.
    Options& flag(const char* name, const char* help);
    Options& value(const char* name, const char* help);
    Options& values(const char* name, const char* help);
    // The positional arguments, in order; the last may take any number (`rest`). NAME, a profile's,
    // may be given as --profile, too, and the other way round: each is then there as both.
    Options& positional(const char* name, int count = 1);
    // What follows "--" is another command's, and is left as it is.
    Options& command(const char* name);
    // -o, --output table|json|yaml, and what else the command can print
    Options& output(std::span<const std::string_view> others = {});
    // The same for lists: also wide and name, and --no-headers.
    Options& list_output();
    // What is declared from here on stands under this heading. `option` and `choice`, where given:
    // the help shows it only for arguments that give the option this value, and with --all.
    Options& group(std::string heading, std::string option = {}, std::string choice = {},
                   bool by_default = true);

    // Parses. --help is a success after which help_wanted() is true. Errors have
    // ErrorCode::usage.
    [[nodiscard]] Result<void> parse(const std::vector<std::string>& arguments);
    [[nodiscard]] bool help_wanted() const;
    // Of the groups that the parsed arguments ask for.
    [[nodiscard]] std::string help() const;

    // As if the option had been given; for what a person answers.
    void set(const char* name, std::string value);
    // As if it had not.
    void unset(const char* name);

    [[nodiscard]] bool has(const char* name) const;
    [[nodiscard]] std::optional<std::string> text(const char* name) const;
    [[nodiscard]] std::vector<std::string> texts(const char* name) const;
    [[nodiscard]] Result<std::optional<Seconds>> duration(const char* name) const;
    // The value of an option or positional argument that must be there.
    [[nodiscard]] Result<std::string> required(const char* name) const;
    [[nodiscard]] Result<OutputFormat> format() const;
    // How a list's table is to look on this stdout.
    [[nodiscard]] TableStyle table_style() const;
    // All that --output takes.
    [[nodiscard]] const std::vector<std::string>& formats() const;
    // Behind "--", where that is another command.
    [[nodiscard]] const std::vector<std::string>& command_words() const;
    [[nodiscard]] bool verbose() const { return has("verbose"); }

    // What is declared, for completion.
    struct Declared {
        std::string name;
        bool takes_value;
    };
    [[nodiscard]] const std::vector<Declared>& declared() const;
    struct Positional {
        std::string name;
        bool repeated; // any number of them
    };
    [[nodiscard]] const std::vector<Positional>& positionals() const;
    [[nodiscard]] bool declares(std::string_view name) const;
    [[nodiscard]] const std::vector<std::string>& examples() const;

    // A usage error of this command, with the hint to see its help.
    [[nodiscard]] Error usage_error(std::string message, std::string hint = {}) const;

private:
    [[nodiscard]] std::string did_you_mean(const std::string& given) const;
    [[nodiscard]] Result<void> join_names();

    struct Parser; // Boost's
    std::unique_ptr<Parser> parser_;
};

} // namespace leasehold::helper
