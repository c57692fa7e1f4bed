// What a YAML node says, once it is read.
#include "src/base/yaml.hpp"

#include <algorithm>
#include <array>

namespace leasehold {
namespace {

constexpr std::string_view null_tag = "tag:yaml.org,2002:null";

// In what a merge key names: a mapping, or several of which the first that has the key wins.
const YamlNode* find_merged(const YamlNode& merged, std::string_view key) {
    if (!merged.is_sequence())
        return merged.find(key);
    for (const YamlNode& one : merged.items) {
        if (const YamlNode* found = one.find(key))
            return found;
    }
    return nullptr;
}

} // namespace

bool YamlNode::is_null() const {
    if (!is_scalar())
        return false;
    if (tag == null_tag)
        return true;
    return plain && tag.empty() &&
           (scalar.empty() || scalar == "~" || scalar == "null" || scalar == "Null" ||
            scalar == "NULL");
}

const YamlNode* YamlNode::find(std::string_view key) const {
    if (!is_mapping())
        return nullptr;
    for (auto member = members.rbegin(); member != members.rend(); ++member) {
        const auto& [name, value] = *member;
        if (name.is_scalar() && name.scalar == key)
            return &value;
        const YamlNode* found = name.is_merge_key() ? find_merged(value, key) : nullptr;
        if (found != nullptr)
            return found;
    }
    return nullptr;
}

bool YamlNode::truth(std::string_view key) const {
    // The forms of capitals that YAML 1.1 lists.
    constexpr std::array<std::string_view, 11> words = {"true", "True", "TRUE", "yes", "Yes", "YES",
                                                        "on",   "On",   "ON",   "y",   "Y"};
    return std::find(words.begin(), words.end(), text(key)) != words.end();
}

std::string_view YamlNode::text(std::string_view key) const {
    const YamlNode* value = find(key);
    return value == nullptr || !value->is_scalar() || value->is_null() ? std::string_view()
                                                                       : value->scalar;
}

} // namespace leasehold
