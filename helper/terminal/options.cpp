#include "helper/terminal/options.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/base/time.hpp"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/parsers.hpp>

#include <algorithm>
#include <sstream>

namespace leasehold::helper {
namespace {

namespace po = boost::program_options;

// unix_style without allow_guessing: an option has one name (INP-2).
constexpr int style =
    po::command_line_style::allow_long | po::command_line_style::allow_short |
    po::command_line_style::allow_dash_for_short | po::command_line_style::long_allow_next |
    po::command_line_style::long_allow_adjacent | po::command_line_style::short_allow_next |
    po::command_line_style::short_allow_adjacent;

} // namespace

Options::Options(std::string command, std::string usage, std::string about)
    : command_(std::move(command)), usage_(std::move(usage)), about_(std::move(about)),
      visible_("Options", 100, 50) {
    visible_.add_options()("help,h", "show this help")("verbose,v",
                                                       "say on stderr what is being done");
}

Options& Options::flag(const char* name, const char* help) {
    visible_.add_options()(name, help);
    return *this;
}

Options& Options::value(const char* name, const char* help) {
    visible_.add_options()(name, po::value<std::string>()->value_name("VALUE"), help);
    return *this;
}

Options& Options::values(const char* name, const char* help) {
    visible_.add_options()(
        name, po::value<std::vector<std::string>>()->composing()->value_name("VALUE"), help);
    return *this;
}

Options& Options::positional(const char* name, int count) {
    hidden_.add_options()(name, po::value<std::vector<std::string>>());
    positional_.add(name, count);
    return *this;
}

Options& Options::output() {
    visible_.add_options()("output,o", po::value<std::string>()->value_name("FORMAT"),
                           "table (the default), json or yaml");
    return *this;
}

Result<void> Options::parse(const std::vector<std::string>& arguments) {
    // Before anything is required: "leasehold lease create --help" needs no profile.
    help_ = std::any_of(arguments.begin(), std::find(arguments.begin(), arguments.end(), "--"),
                        [](const std::string& word) { return word == "--help" || word == "-h"; });
    if (help_)
        return {};
    for (const std::string& argument : arguments)
        if (!has_no_control_characters(argument))
            return usage_error("an argument holds control characters: " + quoted(argument, 64));
    po::options_description all;
    all.add(visible_).add(hidden_);
    try {
        po::store(po::command_line_parser(arguments)
                      .options(all)
                      .positional(positional_)
                      .style(style)
                      .run(),
                  variables_);
        po::notify(variables_);
    } catch (const po::error& error) {
        return usage_error(hostile_text(error.what()));
    }
    return {};
}

std::string Options::help() const {
    std::ostringstream out;
    out << "Usage: leasehold " << command_ << (usage_.empty() ? "" : " ") << usage_ << "\n\n"
        << about_ << "\n\n"
        << visible_;
    return out.str();
}

bool Options::has(const char* name) const {
    return variables_.count(name) != 0;
}

std::optional<std::string> Options::text(const char* name) const {
    const auto found = variables_.find(name);
    if (found == variables_.end())
        return std::nullopt;
    if (const auto* list = boost::any_cast<std::vector<std::string>>(&found->second.value()))
        return list->front();
    return found->second.as<std::string>();
}

std::vector<std::string> Options::texts(const char* name) const {
    const auto found = variables_.find(name);
    return found == variables_.end() ? std::vector<std::string>()
                                     : found->second.as<std::vector<std::string>>();
}

Result<std::optional<Seconds>> Options::duration(const char* name) const {
    const auto given = text(name);
    if (!given)
        return std::optional<Seconds>();
    const auto duration = parse_duration(*given);
    if (!duration || duration->count() == 0)
        return usage_error("--" + std::string(name) + ' ' + quoted(*given) + " is no duration",
                           "durations look like 45m, 1h30m or 900s");
    return duration;
}

Result<std::string> Options::required(const char* name) const {
    const auto given = text(name);
    if (!given || given->empty())
        return usage_error(hidden_.find_nothrow(name, false) != nullptr
                               ? std::string(name) + " is missing"
                               : "--" + std::string(name) + " is missing");
    return *given;
}

Result<OutputFormat> Options::format() const {
    const std::string name = text("output").value_or("table");
    if (name == "table")
        return OutputFormat::table;
    if (name == "json")
        return OutputFormat::json;
    if (name == "yaml")
        return OutputFormat::yaml;
    return usage_error("--output " + quoted(name) + " is not table, json or yaml");
}

Error Options::usage_error(std::string message, std::string hint) const {
    if (!hint.empty())
        hint += '\n';
    return make_error(ErrorCode::usage, std::move(message),
                      hint + "see 'leasehold " + command_ + " --help'");
}

} // namespace leasehold::helper
