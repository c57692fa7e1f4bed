#include "kubeconfig/document/compare.hpp"

#include "kubeconfig/draft/draft.hpp"
#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <array>

namespace leasehold::kubeconfig {
namespace {

constexpr std::array sections = {Section::clusters, Section::users, Section::contexts};

bool is_handled_apart(std::string_view key, const Intent& intent) {
    const bool list = key == "clusters" || key == "users" || key == "contexts";
    const bool header = intent.header && (key == "apiVersion" || key == "kind");
    return list || header || key == "current-context";
}

std::vector<const YamlNode::Member*> other_members(const YamlNode& root, const Intent& intent) {
    std::vector<const YamlNode::Member*> others;
    for (const YamlNode::Member& member : root.members) {
        if (!is_handled_apart(member.first.scalar, intent))
            others.push_back(&member);
    }
    return others;
}

std::optional<std::string> difference_of_others(const YamlNode& before, const YamlNode& after,
                                                const Intent& intent) {
    const auto old = other_members(before, intent);
    const auto now = other_members(after, intent);
    for (std::size_t i = 0; i < std::max(old.size(), now.size()); ++i) {
        const bool same = i < old.size() && i < now.size() &&
                          same_node(old[i]->first, now[i]->first) &&
                          same_node(old[i]->second, now[i]->second);
        if (!same)
            return quoted((i < old.size() ? old[i] : now[i])->first.scalar, 64);
    }
    return std::nullopt;
}

// The list's elements without those that were meant to change. A missing list, null and [] are
// the same to every client.
std::vector<const YamlNode*> other_elements(const YamlNode& root, Section section,
                                            const Intent& intent) {
    std::vector<const YamlNode*> others;
    const YamlNode* list = root.find(plural(section));
    for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
        const YamlNode& item = list->items[i];
        if (!intent.elements.contains({section, std::string(item.text("name"))}))
            others.push_back(&item);
    }
    return others;
}

std::optional<std::string> difference_of_list(const YamlNode& before, const YamlNode& after,
                                              Section section, const Intent& intent) {
    const auto old = other_elements(before, section, intent);
    const auto now = other_elements(after, section, intent);
    const bool same =
        std::equal(old.begin(), old.end(), now.begin(), now.end(),
                   [](const YamlNode* a, const YamlNode* b) { return same_node(*a, *b); });
    return same ? std::nullopt : std::optional("other " + std::string(plural(section)));
}

} // namespace

bool same_node(const YamlNode& left, const YamlNode& right) {
    const auto same_member = [](const YamlNode::Member& a, const YamlNode::Member& b) {
        return same_node(a.first, b.first) && same_node(a.second, b.second);
    };
    return left.kind == right.kind && left.scalar == right.scalar && left.plain == right.plain &&
           left.tag == right.tag &&
           std::equal(left.items.begin(), left.items.end(), right.items.begin(), right.items.end(),
                      same_node) &&
           std::equal(left.members.begin(), left.members.end(), right.members.begin(),
                      right.members.end(), same_member);
}

bool same_but_for_name(const YamlNode& left, const YamlNode& right) {
    const auto same_member = [](const YamlNode::Member& a, const YamlNode::Member& b) {
        return same_node(a.first, b.first) &&
               (a.first.scalar == "name" || same_node(a.second, b.second));
    };
    return left.kind == right.kind && left.items.empty() && right.items.empty() &&
           std::equal(left.members.begin(), left.members.end(), right.members.begin(),
                      right.members.end(), same_member);
}

std::optional<std::string> unintended_difference(const YamlNode& before, const YamlNode& after,
                                                 const Intent& intent) {
    if (auto other = difference_of_others(before, after, intent))
        return other;
    for (const Section section : sections) {
        if (auto list = difference_of_list(before, after, section, intent))
            return list;
    }
    const std::string_view wanted =
        intent.current_context ? *intent.current_context : before.text("current-context");
    if (after.text("current-context") != wanted)
        return "current-context";
    return std::nullopt;
}

} // namespace leasehold::kubeconfig
