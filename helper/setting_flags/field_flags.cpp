#include "helper/setting_flags/field_flags.hpp"

#include "helper/setting_flags/rules_file.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"

namespace leasehold::helper {
namespace {

using lease::FieldFacts;
using lease::FieldForm;

std::string name_of(std::string_view flag) {
    return std::string(flag);
}

bool has(const Options& options, std::string_view flag) {
    return !flag.empty() && options.has(name_of(flag).c_str());
}

std::string from_variables(const FieldSource& source, const FieldFacts& facts) {
    if (source.takes_variables && !source.takes_variables(facts))
        return {};
    for (const std::string_view name : facts.variables)
        if (!name.empty())
            if (std::string found = source.process.environment.value(name); !found.empty())
                return found;
    return {};
}

// "a, b, c" of "a b c".
std::string listed(std::string_view choices) {
    std::string out;
    for (const char c : choices)
        out += c == ' ' ? ", " : std::string(1, c);
    return out;
}

Result<void> check_field(const Options& options, const FieldFacts& facts) {
    const auto given = options.text(name_of(facts.flag).c_str());
    if (!given)
        return {};
    const std::string flag = "--" + name_of(facts.flag);
    if (facts.form == FieldForm::choice &&
        (given->find(' ') != std::string::npos ||
         (' ' + std::string(facts.choices) + ' ').find(' ' + *given + ' ') == std::string::npos))
        return options.usage_error("unknown " + flag + ' ' + quoted(*given, 80),
                                   "it is one of: " + listed(facts.choices));
    if (facts.form == FieldForm::path)
        LEASEHOLD_TRY(check_lasting(options, flag, *given));
    Result<Url> url = facts.form == FieldForm::https_url ? parse_https_url(*given, flag)
                      : facts.form == FieldForm::url ? parse_url(*given, {"http", "https"}, flag)
                                                     : Result<Url>(Url());
    if (!url)
        return options.usage_error(url.error().message, url.error().hint);
    return {};
}

Result<void> write_field(YamlLines& yaml, int indent, const FieldFacts& facts,
                         const FieldSource& source) {
    switch (facts.form) {
    case FieldForm::truth:
        if (has(source.options, facts.flag))
            yaml.word(indent, facts.key, "true");
        else if (has(source.options, facts.no_flag))
            yaml.word(indent, facts.key, "false");
        return {};
    case FieldForm::list:
        yaml.values(indent, facts.key, source.options.texts(name_of(facts.flag).c_str()));
        return {};
    case FieldForm::block:
        if (has(source.options, facts.flag)) {
            LEASEHOLD_TRY_ASSIGN(const auto value, read_rules_file(field_value(source, facts)));
            yaml.block(indent, facts.key, to_yaml(value));
        }
        return {};
    case FieldForm::text:
    case FieldForm::choice:
    case FieldForm::slug:
    case FieldForm::path:
    case FieldForm::url:
    case FieldForm::https_url:
    case FieldForm::proxy_url:
        break;
    }
    const std::string value = field_value(source, facts);
    if (value.empty() && facts.needed != nullptr)
        return missing_field(source.options, facts);
    yaml.value(indent, facts.key, value);
    return {};
}

} // namespace

std::string absolute_path(const Process& process, const std::string& path) {
    return leasehold::absolute_path(path, process.directories.home);
}

Result<void> check_lasting(const Options& options, const std::string& flag,
                           const std::string& path) {
    if (!is_passing_path(path))
        return {};
    return options.usage_error(flag + ' ' + quoted(path) +
                                   " can be read only now, and the profile "
                                   "is to read it when a token is needed",
                               "save it to a file and name that");
}

void declare_fields(Options& options, const std::vector<lease::FieldGroup>& groups) {
    for (const lease::FieldGroup& group : groups)
        for (const FieldFacts& facts : group.fields) {
            if (facts.flag.empty())
                continue;
            if (facts.form == FieldForm::truth)
                options.flag(name_of(facts.flag).c_str(), facts.help);
            else if (facts.form == FieldForm::list)
                options.values(name_of(facts.flag).c_str(), facts.help);
            else
                options.value(name_of(facts.flag).c_str(), facts.help);
            if (!facts.no_flag.empty())
                options.flag(name_of(facts.no_flag).c_str(),
                             ("the opposite of --" + name_of(facts.flag)).c_str());
        }
}

std::string field_value(const FieldSource& source, const FieldFacts& facts) {
    if (!facts.flag.empty())
        if (const auto given = source.options.text(name_of(facts.flag).c_str())) {
            const bool path = facts.form == FieldForm::path || facts.form == FieldForm::block;
            return path ? absolute_path(source.process, *given) : *given;
        }
    if (std::string found = from_variables(source, facts); !found.empty())
        return found;
    const auto fallback = source.fallbacks.find(facts.key);
    return fallback == source.fallbacks.end() ? std::string() : fallback->second;
}

Error missing_field(const Options& options, const FieldFacts& facts) {
    const std::string_view variable = facts.variables.front();
    return options.usage_error("--" + name_of(facts.flag) + " is missing",
                               variable.empty() ? "" : "or set " + std::string(variable));
}

Result<void> check_fields(const Options& options, const std::vector<lease::FieldGroup>& groups) {
    for (const lease::FieldGroup& group : groups)
        for (const FieldFacts& facts : group.fields) {
            if (facts.flag.empty() || facts.form == FieldForm::truth)
                continue;
            LEASEHOLD_TRY(check_field(options, facts));
        }
    return {};
}

Result<void> write_fields(YamlLines& yaml, int indent, const lease::FieldGroup& group,
                          const FieldSource& source) {
    for (const FieldFacts& facts : group.fields)
        if (!facts.key.empty())
            LEASEHOLD_TRY(write_field(yaml, indent, facts, source));
    return {};
}

} // namespace leasehold::helper
