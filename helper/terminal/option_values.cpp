// What was given of the options of a command.
#include "helper/terminal/options_parser.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"

#include <algorithm>

namespace leasehold::helper {

namespace po = boost::program_options;

void Options::set(const char* name, std::string value) {
    parser_->variables.erase(name);
    parser_->variables.insert(
        {std::string(name), po::variable_value(boost::any(std::move(value)), false)});
}

void Options::unset(const char* name) {
    parser_->variables.erase(name);
}

bool Options::has(const char* name) const {
    return parser_->variables.count(name) != 0;
}

std::optional<std::string> Options::text(const char* name) const {
    const auto found = parser_->variables.find(name);
    if (found == parser_->variables.end())
        return std::nullopt;
    if (const auto* list = boost::any_cast<std::vector<std::string>>(&found->second.value()))
        return list->front();
    return found->second.as<std::string>();
}

std::vector<std::string> Options::texts(const char* name) const {
    const auto found = parser_->variables.find(name);
    if (found == parser_->variables.end())
        return {};
    if (const auto* one = boost::any_cast<std::string>(&found->second.value()))
        return {*one};
    return found->second.as<std::vector<std::string>>();
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
        return usage_error(parser_->hidden.find_nothrow(name, false) != nullptr
                               ? std::string(name) + " is missing"
                               : "--" + std::string(name) + " is missing");
    return *given;
}

const std::vector<std::string>& Options::command_words() const {
    return parser_->command_words;
}

Result<OutputFormat> Options::format() const {
    const std::string name = text("output").value_or("table");
    const bool of_list = declares("no-headers");
    if (name == "table" || (of_list && (name == "wide" || name == "name")))
        return OutputFormat::table;
    if (name == "json")
        return OutputFormat::json;
    if (name == "yaml")
        return OutputFormat::yaml;
    const auto& all = parser_->formats;
    if (std::find(all.begin(), all.end(), name) != all.end())
        return OutputFormat::own;
    std::string names;
    for (std::size_t i = 0; i < all.size(); ++i)
        names += (i == 0 ? "" : i + 1 < all.size() ? ", " : " or ") + all[i];
    return usage_error("--output " + quoted(name) + " is not " + names);
}

TableStyle Options::table_style() const {
    const std::string name = text("output").value_or("table");
    TableStyle style;
    style.width = terminal_width();
    style.full = style.width == 0 || name == "wide";
    style.headers = !has("no-headers");
    style.names = name == "name";
    return style;
}

const std::vector<std::string>& Options::formats() const {
    return parser_->formats;
}

Error Options::usage_error(std::string message, std::string hint) const {
    if (!hint.empty())
        hint += '\n';
    return make_error(ErrorCode::usage, std::move(message),
                      hint + "see 'leasehold " + parser_->command + " --help'");
}

} // namespace leasehold::helper
