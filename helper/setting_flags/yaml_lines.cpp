#include "helper/setting_flags/yaml_lines.hpp"

#include "src/base/yaml_scalar.hpp"

#include <algorithm>

namespace leasehold::helper {
namespace {

std::string spaces(int indent) {
    return std::string(static_cast<std::size_t>(indent), ' ');
}

} // namespace

void YamlLines::section(int indent, std::string_view key) {
    text_ += spaces(indent) + std::string(key) + ":\n";
}

void YamlLines::value(int indent, std::string_view key, std::string_view value) {
    if (!value.empty())
        word(indent, key, yaml_scalar(value));
}

void YamlLines::values(int indent, std::string_view key, const std::vector<std::string>& values) {
    if (values.empty())
        return;
    section(indent, key);
    for (const std::string& value : values)
        text_ += spaces(indent) + "- " + yaml_scalar(value) + '\n';
}

void YamlLines::block(int indent, std::string_view key, std::string_view yaml) {
    section(indent, key);
    while (!yaml.empty()) {
        const std::string_view line = yaml.substr(0, yaml.find('\n'));
        yaml.remove_prefix(std::min(line.size() + 1, yaml.size()));
        text_ += spaces(indent) + std::string(line) + '\n';
    }
}

void YamlLines::word(int indent, std::string_view key, std::string_view word) {
    text_ += spaces(indent) + std::string(key) + ": " + std::string(word) + '\n';
}

} // namespace leasehold::helper
