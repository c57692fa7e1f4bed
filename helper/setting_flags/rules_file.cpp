#include "helper/setting_flags/rules_file.hpp"

#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/yaml.hpp"

namespace leasehold::helper {
namespace {

namespace json = boost::json;

Error refuse(const std::string& path, const YamlNode& node, std::string_view what) {
    return make_error(ErrorCode::usage, yaml_position(path, node.start) + ": " + std::string(what),
                      "a rules file is a list as under 'rules:' of a Role, or a Role manifest");
}

Result<json::object> read_rule(const std::string& path, const YamlNode& node) {
    if (!node.is_mapping())
        return refuse(path, node, "a rule must be a mapping");
    json::object rule;
    for (const auto& [key, value] : node.members) {
        if (!value.is_sequence())
            return refuse(path, value, quoted(key.scalar) + " must be a list of texts");
        json::array texts;
        for (const YamlNode& item : value.items) {
            if (!item.is_scalar())
                return refuse(path, item, quoted(key.scalar) + " must be a list of texts");
            texts.emplace_back(item.scalar);
        }
        rule[key.scalar] = std::move(texts);
    }
    return rule;
}

} // namespace

Result<json::array> read_rules_file(const std::string& path) {
    LEASEHOLD_TRY_ASSIGN(const std::string text, read_file(path, {}, "rules file"));
    LEASEHOLD_TRY_ASSIGN(const YamlNode document,
                         parse_yaml(text, path, {.limit = 1 << 20, .aliases = false}));
    const YamlNode* rules = document.is_mapping() ? document.find("rules") : &document;
    if (rules == nullptr || !rules->is_sequence() || rules->items.empty())
        return refuse(path, rules == nullptr ? document : *rules, "there is no list of rules here");
    json::array list;
    for (const YamlNode& item : rules->items) {
        LEASEHOLD_TRY_ASSIGN(json::object rule, read_rule(path, item));
        list.push_back(std::move(rule));
    }
    return list;
}

} // namespace leasehold::helper
