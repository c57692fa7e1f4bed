#include "src/lease/settings/section.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/base/time.hpp"

namespace leasehold::lease {

SettingsSection::SettingsSection(SettingsContext& context, const YamlNode* node, std::string path)
    : context_(context), node_(node), path_(std::move(path)) {
    if (node_ != nullptr && node_->is_null())
        node_ = nullptr;
    if (node_ != nullptr && !node_->is_mapping()) {
        fail_at(node_->start, (path_.empty() ? "the profile" : quoted(path_)) +
                                  " must be a mapping of keys to values");
        node_ = nullptr;
    }
}

std::optional<std::string> SettingsSection::text(std::string_view key) {
    const YamlNode* value = take(key);
    if (value == nullptr)
        return std::nullopt;
    if (!value->is_scalar()) {
        fail_at(value->start, quoted(path_of(key)) + " must be one text");
        return std::nullopt;
    }
    if (!has_no_control_characters(value->scalar)) {
        fail_at(value->start, quoted(path_of(key)) + " holds control characters");
        return std::nullopt;
    }
    return value->scalar;
}

std::optional<bool> SettingsSection::boolean(std::string_view key) {
    const YamlNode* value = take(key);
    if (value == nullptr)
        return std::nullopt;
    // Only the words that YAML 1.1 and 1.2 agree on.
    if (value->is_scalar() && value->plain && (value->scalar == "true" || value->scalar == "false"))
        return value->scalar == "true";
    fail_at(value->start, quoted(path_of(key)) + " must be true or false");
    return std::nullopt;
}

std::optional<Seconds> SettingsSection::duration(std::string_view key) {
    const YamlNode* value = take(key);
    if (value == nullptr)
        return std::nullopt;
    const auto duration = value->is_scalar() ? parse_duration(value->scalar) : std::nullopt;
    if (!duration || duration->count() == 0)
        fail_at(value->start, quoted(path_of(key)) + " must be a duration such as 45m or 1h30m");
    return duration;
}

std::optional<std::vector<std::string>> SettingsSection::texts(std::string_view key) {
    const YamlNode* value = take(key);
    if (value == nullptr)
        return std::nullopt;
    std::vector<std::string> texts;
    if (!value->is_sequence()) {
        fail_at(value->start, quoted(path_of(key)) + " must be a list of texts");
        return std::nullopt;
    }
    for (const YamlNode& item : value->items) {
        if (!item.is_scalar() || item.is_null() || !has_no_control_characters(item.scalar)) {
            fail_at(item.start, quoted(path_of(key)) + " must hold only plain texts");
            return std::nullopt;
        }
        texts.push_back(item.scalar);
    }
    return texts;
}

std::vector<std::pair<std::string, std::string>> SettingsSection::members(std::string_view key) {
    std::vector<std::pair<std::string, std::string>> members;
    const YamlNode* value = take(key);
    if (value == nullptr)
        return members;
    if (!value->is_mapping()) {
        fail_at(value->start, quoted(path_of(key)) + " must be a mapping of names to texts");
        return members;
    }
    for (const auto& [name, text] : value->members) {
        if (!text.is_scalar() || text.is_null() || !has_no_control_characters(text.scalar))
            fail_at(text.start, quoted(path_of(key)) + " must hold only plain texts");
        members.emplace_back(name.scalar, text.scalar);
    }
    return members;
}

SettingsSection SettingsSection::section(std::string_view key) {
    return {context_, take(key), path_of(key)};
}

std::vector<SettingsSection> SettingsSection::sections(std::string_view key) {
    std::vector<SettingsSection> sections;
    const YamlNode* value = take(key);
    if (value == nullptr)
        return sections;
    if (!value->is_sequence()) {
        fail_at(value->start, quoted(path_of(key)) + " must be a list of mappings");
        return sections;
    }
    for (const YamlNode& item : value->items)
        sections.emplace_back(context_, &item,
                              path_of(key) + '[' + std::to_string(sections.size()) + ']');
    return sections;
}

bool SettingsSection::has(std::string_view key) {
    return take(key) != nullptr;
}

void SettingsSection::finish() {
    if (node_ == nullptr)
        return;
    for (const auto& [key, value] : node_->members) {
        if (known_.contains(key.scalar))
            continue;
        std::string names;
        for (const std::string& name : known_)
            names += (names.empty() ? "" : ", ") + name;
        fail_at(key.start, "unknown key " + quoted(path_of(key.scalar)),
                "keys known here: " + names);
        return;
    }
}

void SettingsSection::fail(std::string_view key, std::string message, std::string hint) {
    const YamlNode* value = node_ == nullptr ? nullptr : node_->find(key);
    const YamlMark start = value != nullptr   ? value->start
                           : node_ != nullptr ? node_->start
                                              : YamlMark{};
    fail_at(start, std::move(message), std::move(hint));
}

const YamlNode* SettingsSection::take(std::string_view key) {
    known_.emplace(key);
    const YamlNode* value = node_ == nullptr ? nullptr : node_->find(key);
    if (value == nullptr || value->is_null())
        return nullptr;
    context_.origins[path_of(key)] = "line " + std::to_string(value->start.line);
    return value;
}

std::string SettingsSection::path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + '.' + std::string(key);
}

void SettingsSection::fail_at(const YamlMark& mark, std::string message, std::string hint) {
    if (context_.error)
        return;
    context_.error =
        make_error(ErrorCode::configuration,
                   yaml_position(context_.file, mark) + ": " + std::move(message), std::move(hint));
}

} // namespace leasehold::lease
