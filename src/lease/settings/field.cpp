#include "src/lease/settings/field.hpp"

#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"

#include <algorithm>

namespace leasehold::lease {
namespace {

// Letters, digits, - and _ also keep a slug from leaving its place in a URL.
bool is_slug(std::string_view text) {
    return text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_';
           });
}

// "a, b or c" of "a b c".
std::string spelled_out(std::string_view choices) {
    std::string out;
    while (!choices.empty()) {
        const std::string_view word = choices.substr(0, choices.find(' '));
        choices.remove_prefix(std::min(word.size() + 1, choices.size()));
        out += (out.empty() ? "" : choices.empty() ? " or " : ", ") + std::string(word);
    }
    return out;
}

bool is_choice(std::string_view choices, std::string_view text) {
    return text.find(' ') == std::string_view::npos &&
           (' ' + std::string(choices) + ' ').find(' ' + std::string(text) + ' ') !=
               std::string::npos;
}

} // namespace

std::string read_text_field(SettingsSection& section, const FieldFacts& facts,
                            const SettingsPaths& paths) {
    const auto given = section.text(facts.key);
    const std::string path = quoted(section.path_of(facts.key));
    if (!given) {
        if (facts.needed != nullptr)
            section.fail(facts.key, path + " is missing", facts.needed);
        return {};
    }
    if (given->empty())
        section.fail(facts.key, path + " is empty");
    else if (facts.form == FieldForm::slug && !is_slug(*given))
        section.fail(facts.key, path + " may only hold letters, digits, - and _");
    else if (facts.form == FieldForm::choice && !is_choice(facts.choices, *given))
        section.fail(facts.key,
                     path + " must be " + spelled_out(facts.choices) + ", not " + quoted(*given));
    else if (facts.form == FieldForm::path)
        return resolve_path(*given, paths.directory, paths.home);
    return *given;
}

std::optional<Url> read_url_field(SettingsSection& section, const FieldFacts& facts) {
    const auto given = section.text(facts.key);
    if (!given)
        return std::nullopt;
    const std::string path = section.path_of(facts.key);
    auto url = facts.form == FieldForm::https_url ? parse_https_url(*given, path)
               : facts.form == FieldForm::url
                   ? parse_url(*given, {"http", "https"}, path)
                   : parse_url(*given, {"http", "https", "socks5", "socks5h"}, path);
    if (url)
        return *std::move(url);
    section.fail(facts.key, url.error().message, url.error().hint);
    return std::nullopt;
}

std::optional<std::string> read_namespace(SettingsSection& section, std::string_view key) {
    auto given = section.text(key);
    if (given && !is_dns_label(*given))
        section.fail(key,
                     quoted(section.path_of(key)) + " is no namespace name: " + quoted(*given));
    return given;
}

void check_audiences(SettingsSection& section, const std::vector<std::string>& audiences) {
    for (const std::string& audience : audiences)
        if (audience.empty())
            section.fail("audiences", "an audience is empty");
}

std::string joined_by_length(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts)
        out += std::to_string(text.size()) + ':' + text;
    return out;
}

std::string joined_for_people(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts)
        out += (out.empty() ? "" : ", ") + text;
    return out;
}

} // namespace leasehold::lease
