// A setting as one row of a table: its key in the profile, its flag and variables, its help, its
// place in memory, and whether it tells one lease from another. Reading, `profile show`, the cache
// key, flags and completion all come from the row.
#pragma once

#include "src/base/url.hpp"
#include "src/lease/settings/section.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace leasehold::lease {

// Relative paths in a profile are relative to its directory; "~/" is the home.
struct SettingsPaths {
    std::string directory;
    std::string home;
    std::string profile; // its name, for hints
};

// Named values in a fixed order: what identifies a lease, or what a person is shown.
using Fields = std::vector<std::pair<std::string, std::string>>;

// What another value of a setting means. There is no default: a row that does not decide it does
// not compile.
class Identity {
public:
    enum Role {
        of_lease,   // another lease
        of_login,   // another login, and so another lease
        of_request, // another lease, in the key by way of the request, the terms or the asker
        none,       // the same lease by another way
    };
    constexpr Identity(Role role) : role_(role) {}
    [[nodiscard]] constexpr Role role() const { return role_; }

private:
    Role role_;
};

enum class FieldForm {
    text,
    choice,    // one of a few words
    slug,      // [A-Za-z0-9_-]+
    path,      // of a file; resolved when it is read
    url,       // http or https
    https_url, //
    proxy_url, // http, https, socks5 or socks5h
    truth,     // true or false; as a flag it takes no value
    list,      // of texts; as a flag it is repeatable
    block,     // YAML of its own
};

// Whether `profile show` shows a setting that is not set.
enum class Shown { always, if_set };

struct FieldFacts {
    std::string_view key; // within its section; "" of a flag that its provider writes down itself
    FieldForm form;
    Identity identity;
    Shown shown;
    std::string_view flag = {};    // without its dashes; "" for none
    std::string_view no_flag = {}; // of a truth: the flag that makes it false
    const char* help = "";         // of the flag, a sentence without its period
    // Environment variables that stand in for the flag when a profile is made.
    std::array<std::string_view, 2> variables = {};
    const char* needed = nullptr;  // set: it must be there; the hint when it is not
    const char* unset = "";        // what is shown in place of an empty value
    std::string_view choices = {}; // of a choice, separated by spaces
};

// A value that needs code of its own.
template <class Settings>
struct FieldCode {
    // Reads the key, which may be missing; mistakes go to the section.
    void (*read)(SettingsSection& section, std::string_view key, Settings& settings);
    std::string (*show)(const Settings& settings);
    // Where what is shown does not tell every difference.
    std::string (*identify)(const Settings& settings) = nullptr;
};

template <class Settings>
struct Field {
    FieldFacts facts;
    std::variant<std::string Settings::*, bool Settings::*, Url Settings::*,
                 std::optional<Url> Settings::*, std::vector<std::string> Settings::*,
                 FieldCode<Settings>>
        member;
};

// The rows of one section of the profile, without their types: for flags and completion.
struct FieldGroup {
    std::string_view section; // "site.auth"
    std::vector<FieldFacts> fields;
};

// One value by its facts, every check of its form made; mistakes go to the section.
[[nodiscard]] std::string read_text_field(SettingsSection& section, const FieldFacts& facts,
                                          const SettingsPaths& paths);
[[nodiscard]] std::optional<Url> read_url_field(SettingsSection& section, const FieldFacts& facts);

// The name of a Kubernetes namespace; empty if none is given.
[[nodiscard]] std::optional<std::string> read_namespace(SettingsSection& section,
                                                        std::string_view key);

// An audience that is empty would be nobody.
void check_audiences(SettingsSection& section, const std::vector<std::string>& audiences);

// A list for a key, so that no two lists read the same.
[[nodiscard]] std::string joined_by_length(const std::vector<std::string>& texts);
[[nodiscard]] std::string joined_for_people(const std::vector<std::string>& texts);

template <class Settings>
void read_field(SettingsSection& section, const Field<Settings>& field, const SettingsPaths& paths,
                Settings& settings) {
    const FieldFacts& facts = field.facts;
    if (const auto* text = std::get_if<std::string Settings::*>(&field.member)) {
        settings.** text = read_text_field(section, facts, paths);
    } else if (const auto* truth = std::get_if<bool Settings::*>(&field.member)) {
        settings.** truth = section.boolean(facts.key).value_or(false);
    } else if (const auto* list =
                   std::get_if<std::vector<std::string> Settings::*>(&field.member)) {
        settings.** list = section.texts(facts.key).value_or(std::vector<std::string>());
    } else if (const auto* url = std::get_if<Url Settings::*>(&field.member)) {
        settings.** url = read_url_field(section, facts).value_or(Url());
    } else if (const auto* maybe = std::get_if<std::optional<Url> Settings::*>(&field.member)) {
        settings.** maybe = read_url_field(section, facts);
    } else {
        std::get<FieldCode<Settings>>(field.member).read(section, facts.key, settings);
    }
}

template <class Settings>
[[nodiscard]] std::string field_text(const Field<Settings>& field, const Settings& settings,
                                     bool identify) {
    if (const auto* text = std::get_if<std::string Settings::*>(&field.member))
        return settings.**text;
    if (const auto* truth = std::get_if<bool Settings::*>(&field.member))
        return settings.**truth ? "true" : "";
    if (const auto* list = std::get_if<std::vector<std::string> Settings::*>(&field.member))
        return identify ? joined_by_length(settings.**list) : joined_for_people(settings.**list);
    if (const auto* url = std::get_if<Url Settings::*>(&field.member))
        return (settings.**url).host.empty() ? "" : (settings.**url).text();
    if (const auto* maybe = std::get_if<std::optional<Url> Settings::*>(&field.member))
        return settings.**maybe ? (settings.**maybe)->text() : "";
    const auto& code = std::get<FieldCode<Settings>>(field.member);
    return identify && code.identify != nullptr ? code.identify(settings) : code.show(settings);
}

// Reads every row of a section; finish() is the caller's, who may know more keys.
template <class Settings>
void read_fields(SettingsSection& section, std::span<const Field<Settings>> fields,
                 const SettingsPaths& paths, Settings& settings) {
    for (const Field<Settings>& field : fields)
        read_field(section, field, paths, settings);
}

// Adds each value under its path in the file.
template <class Settings>
void show_fields(std::string_view section, std::span<const Field<Settings>> fields,
                 const Settings& settings, Fields& shown) {
    for (const Field<Settings>& field : fields) {
        std::string text = field_text(field, settings, false);
        if (text.empty())
            text = field.facts.unset;
        if (!text.empty() || field.facts.shown == Shown::always)
            shown.emplace_back(std::string(section) + '.' + std::string(field.facts.key),
                               std::move(text));
    }
}

// Adds the values that tell one login from another (`of_login`), or those and what tells one lease
// from another (`of_lease`).
template <class Settings>
void identify_fields(std::string_view section, std::span<const Field<Settings>> fields,
                     const Settings& settings, Identity::Role role, Fields& identity) {
    for (const Field<Settings>& field : fields)
        if (field.facts.identity.role() == role)
            identity.emplace_back(std::string(section) + '.' + std::string(field.facts.key),
                                  field_text(field, settings, true));
}

template <class Settings>
[[nodiscard]] FieldGroup group_of(std::string_view section,
                                  std::span<const Field<Settings>> fields) {
    FieldGroup group{section, {}};
    for (const Field<Settings>& field : fields)
        group.fields.push_back(field.facts);
    return group;
}

} // namespace leasehold::lease
