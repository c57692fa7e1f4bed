#include "helper/terminal/options.hpp"

#include "helper/terminal/help_text.hpp"
#include "helper/terminal/options_parser.hpp"
#include "helper/terminal/suggestion.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/parsers.hpp>

#include <algorithm>
#include <cstring>
#include <sstream>

namespace leasehold::helper {
namespace {

namespace po = boost::program_options;

constexpr const char* profile_word = "NAME";

// unix_style without allow_guessing: an option has one name (INP-2).
constexpr int style =
    po::command_line_style::allow_long | po::command_line_style::allow_short |
    po::command_line_style::allow_dash_for_short | po::command_line_style::long_allow_next |
    po::command_line_style::long_allow_adjacent | po::command_line_style::short_allow_next |
    po::command_line_style::short_allow_adjacent;

// The value that an option has among words that were not parsed.
std::optional<std::string> given(const std::vector<std::string>& words, const std::string& option) {
    const std::string name = "--" + option;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i].starts_with(name + '='))
            return words[i].substr(name.size() + 1);
        if (words[i] == name && i + 1 < words.size())
            return words[i + 1];
    }
    return std::nullopt;
}

bool has_word(const std::vector<std::string>& words, std::string_view wanted) {
    const auto end = std::find(words.begin(), words.end(), "--");
    return std::find(words.begin(), end, wanted) != end;
}

} // namespace

bool Options::Parser::is_shown(const Group& group) const {
    if (group.option.empty() || has_word(words, "--all"))
        return true;
    const auto value = given(words, group.option);
    return value ? *value == group.choice : group.by_default;
}

Options::Options(std::string command, std::string usage, std::string about)
    : parser_(std::make_unique<Parser>()) {
    parser_->command = std::move(command);
    parser_->usage = std::move(usage);
    parser_->about = std::move(about);
    group("Options");
    flag("help,h", "show this help");
    flag("verbose,v", "say on stderr what is being done");
}

Options::~Options() = default;
Options::Options(Options&&) noexcept = default;

Options& Options::group(std::string heading, std::string option, std::string choice,
                        bool by_default) {
    const auto width = static_cast<unsigned>(help_width());
    po::options_description options(heading, width, width / 2);
    parser_->groups.push_back(
        {std::move(heading), std::move(option), std::move(choice), by_default, std::move(options)});
    return *this;
}

Options& Options::examples(const char* first, const char* second, const char* third) {
    parser_->examples = {first, second, third};
    return *this;
}

Options& Options::flag(const char* name, const char* help) {
    parser_->add()(name, help);
    parser_->declared.push_back({std::string(name, std::strcspn(name, ",")), false});
    return *this;
}

Options& Options::value(const char* name, const char* help) {
    const std::string word(name, std::strcspn(name, ","));
    parser_->add()(name, po::value<std::string>()->value_name(value_word(word)), help);
    parser_->declared.push_back({word, true});
    return *this;
}

Options& Options::values(const char* name, const char* help) {
    const std::string word(name, std::strcspn(name, ","));
    parser_->add()(name,
                   po::value<std::vector<std::string>>()->composing()->value_name(value_word(word)),
                   help);
    parser_->declared.push_back({word, true});
    return *this;
}

Options& Options::positional(const char* name, int count) {
    if (std::string_view(name) == profile_word && !declares("profile"))
        value("profile", "the same as NAME");
    parser_->hidden.add_options()(name, po::value<std::vector<std::string>>());
    parser_->positional.add(name, count);
    parser_->positionals.push_back({name, count < 0});
    return *this;
}

Options& Options::command(const char* name) {
    parser_->command_name = name;
    return *this;
}

Options& Options::output(std::span<const std::string_view> others) {
    parser_->formats = {"table", "json", "yaml"};
    parser_->formats.insert(parser_->formats.end(), others.begin(), others.end());
    std::string names = "table (the default)";
    for (std::size_t i = 1; i < parser_->formats.size(); ++i)
        names += (i + 1 < parser_->formats.size() ? ", " : " or ") + parser_->formats[i];
    parser_->add()("output,o", po::value<std::string>()->value_name("FORMAT"), names.c_str());
    parser_->declared.push_back({"output", true});
    return *this;
}

Options& Options::list_output() {
    parser_->formats = {"table", "wide", "name", "json", "yaml"};
    parser_->add()("output,o", po::value<std::string>()->value_name("FORMAT"),
                   "table (the default), wide, name, json or yaml");
    parser_->declared.push_back({"output", true});
    return flag("no-headers", "leave out the line with the names of the columns");
}

namespace {

// The option that is followed by another, which would else be taken for its value; "" for none. A
// value that does begin so is written behind an equals sign.
std::string without_value(const std::vector<std::string>& arguments,
                          const po::options_description& all) {
    const auto find = [&](const std::string& word) -> const po::option_description* {
        return word.starts_with("--") ? all.find_nothrow(word.substr(2), false) : nullptr;
    };
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
        const po::option_description* option = find(arguments[i]);
        const std::string& next = arguments[i + 1];
        if (option == nullptr || option->semantic()->min_tokens() == 0)
            continue;
        if (find(next.substr(0, next.find('='))) != nullptr)
            return arguments[i];
        ++i;
    }
    return {};
}

} // namespace

Result<void> Options::parse(const std::vector<std::string>& given_words) {
    std::vector<std::string> arguments = given_words;
    if (!parser_->command_name.empty()) {
        const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
        if (dashes != arguments.end())
            parser_->command_words.assign(dashes + 1, arguments.end());
        arguments.erase(dashes, arguments.end());
    }
    parser_->words = arguments;
    // Before anything is required: "leasehold lease create --help" needs no profile.
    parser_->help = has_word(arguments, "--help") || has_word(arguments, "-h");
    if (parser_->help)
        return {};
    for (const std::string& argument : arguments)
        if (!has_no_control_characters(argument))
            return usage_error("an argument holds control characters: " + quoted(argument, 64));
    // Two providers may have a flag of the same name: to the parser it is one.
    po::options_description all;
    for (const Parser::Group& group : parser_->groups)
        for (const auto& option : group.options.options())
            if (all.find_nothrow(option->long_name(), false) == nullptr)
                all.add(option);
    all.add(parser_->hidden);
    if (const std::string option = without_value(arguments, all); !option.empty())
        return usage_error(option + " lacks its value");
    try {
        po::store(po::command_line_parser(arguments)
                      .options(all)
                      .positional(parser_->positional)
                      .style(style)
                      .run(),
                  parser_->variables);
        po::notify(parser_->variables);
    } catch (const po::unknown_option& error) {
        return usage_error(hostile_text(error.what()), did_you_mean(error.get_option_name()));
    } catch (const po::too_many_positional_options_error&) {
        if (parser_->command_name.empty())
            return usage_error("too many words are given");
        return usage_error("the command must stand behind '--'");
    } catch (const po::error& error) {
        return usage_error(hostile_text(error.what()));
    }
    return join_names();
}

// "did you mean --namespace?" or "".
std::string Options::did_you_mean(const std::string& given) const {
    std::vector<std::string> names;
    for (const Declared& option : parser_->declared)
        names.push_back("--" + option.name);
    const std::string close = closest(given, names);
    return close.empty() ? close : "did you mean " + close + '?';
}

// A profile's name is one, whichever way it is said.
Result<void> Options::join_names() {
    if (!declares(profile_word))
        return {};
    const auto word = text(profile_word);
    const auto option = text("profile");
    if (word && option && *word != *option)
        return usage_error("two profiles are named: " + quoted(*word, 80) + " and --profile " +
                           quoted(*option, 80));
    if (word && !option)
        set("profile", *word);
    if (option && !word)
        set(profile_word, *option);
    return {};
}

bool Options::help_wanted() const {
    return parser_->help;
}

std::string Options::help() const {
    std::ostringstream out;
    out << wrapped("Usage: leasehold " + parser_->command + (parser_->usage.empty() ? "" : " ") +
                       parser_->usage,
                   "    ")
        << '\n'
        << example_lines(parser_->examples) << wrapped(parser_->about, "");
    bool left_out = false;
    for (const Parser::Group& group : parser_->groups) {
        if (parser_->is_shown(group))
            out << '\n' << group.options;
        else
            left_out = true;
    }
    if (left_out)
        out << '\n'
            << wrapped("'--provider NAME --help' shows another provider's options, '--help --all' "
                       "those of all.",
                       "");
    return out.str();
}

const std::vector<Options::Declared>& Options::declared() const {
    return parser_->declared;
}

const std::vector<Options::Positional>& Options::positionals() const {
    return parser_->positionals;
}

const std::vector<std::string>& Options::examples() const {
    return parser_->examples;
}

bool Options::declares(std::string_view name) const {
    const auto& options = parser_->declared;
    const auto& words = parser_->positionals;
    return std::any_of(options.begin(), options.end(),
                       [&](const Declared& option) { return option.name == name; }) ||
           std::any_of(words.begin(), words.end(),
                       [&](const Positional& word) { return word.name == name; });
}

} // namespace leasehold::helper
