// The last look before an edited kubeconfig is used: everything that is not ours must be the same.
#pragma once

#include "kubeconfig/document/document.hpp"
#include "kubeconfig/draft/value.hpp"
#include "src/base/yaml.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace leasehold::kubeconfig {

// What an edit was meant to touch.
struct Intent {
    std::set<std::pair<Section, std::string>> elements = {}; // of the lists, by name
    bool header = false;                                     // apiVersion and kind
    std::optional<std::string> current_context = {};         // what it must be afterwards
};

// True if both nodes are the same but for style, comments and place.
[[nodiscard]] bool same_node(const YamlNode& left, const YamlNode& right);

// True if two elements of a list are the same but for their names.
[[nodiscard]] bool same_but_for_name(const YamlNode& left, const YamlNode& right);

// Empty if `after` differs from `before` in nothing but what `intent` names; else where.
[[nodiscard]] std::optional<std::string>
unintended_difference(const YamlNode& before, const YamlNode& after, const Intent& intent);

} // namespace leasehold::kubeconfig
