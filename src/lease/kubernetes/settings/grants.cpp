#include "src/lease/kubernetes/settings/grants.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/lease/settings/field.hpp"

#include <algorithm>

namespace leasehold::lease {
namespace {

using Texts = std::vector<std::string>;

NamespaceGrant read_grant(SettingsSection section) {
    NamespaceGrant grant;
    grant.namespace_ = read_namespace(section, "namespace").value_or("");
    const auto role = section.text("role");
    const auto cluster_role = section.text("cluster-role");
    for (SettingsSection& rule : section.sections("rules"))
        grant.rules.push_back(read_rule(std::move(rule), false));
    grant.role_type = cluster_role ? RoleType::cluster_role : RoleType::role;
    grant.role = role ? *role : cluster_role.value_or("");
    const int given = (role ? 1 : 0) + (cluster_role ? 1 : 0) + (section.has("rules") ? 1 : 0);
    if (grant.namespace_.empty())
        section.fail("namespace", quoted(section.path_of("namespace")) + " is missing",
                     "each of the roles says where it is bound");
    else if (given != 1)
        section.fail("role",
                     quoted(section.path_of("")) + " needs one of role, cluster-role and rules");
    else if (grant.rules.empty() && !is_role_name(grant.role))
        section.fail(role ? "role" : "cluster-role",
                     quoted(section.path_of(role ? "role" : "cluster-role")) +
                         " is no role name: " + quoted(grant.role));
    section.finish();
    return grant;
}

} // namespace

std::vector<NamespaceGrant> grants_of(const DynamicSettings& dynamic,
                                      const std::string& namespace_) {
    if (!dynamic.roles.empty())
        return dynamic.roles;
    if (dynamic.binding == DynamicSettings::Binding::cluster)
        return {};
    return {{namespace_, dynamic.role_type, dynamic.role, dynamic.rules}};
}

std::vector<std::string> granted_namespaces(const DynamicSettings& dynamic) {
    std::vector<std::string> names;
    for (const NamespaceGrant& grant : dynamic.roles)
        if (std::find(names.begin(), names.end(), grant.namespace_) == names.end())
            names.push_back(grant.namespace_);
    return names;
}

PolicyRule read_rule(SettingsSection rule, bool cluster_wide) {
    PolicyRule read;
    read.api_groups = rule.texts("apiGroups").value_or(Texts{});
    read.resources = rule.texts("resources").value_or(Texts{});
    read.resource_names = rule.texts("resourceNames").value_or(Texts{});
    read.verbs = rule.texts("verbs").value_or(Texts{});
    read.non_resource_urls = rule.texts("nonResourceURLs").value_or(Texts{});
    if (read.verbs.empty())
        rule.fail("verbs", "a rule without verbs allows nothing");
    if (!read.non_resource_urls.empty() && !cluster_wide)
        rule.fail("nonResourceURLs", "nonResourceURLs need binding: cluster");
    if (read.non_resource_urls.empty() && (read.resources.empty() || read.api_groups.empty()))
        rule.fail("resources", "a rule needs apiGroups and resources",
                  "the core group is called \"\": apiGroups: [\"\"]");
    rule.finish();
    return read;
}

std::vector<NamespaceGrant> read_grants(SettingsSection& section, std::string_view key) {
    std::vector<NamespaceGrant> grants;
    for (SettingsSection& one : section.sections(key))
        grants.push_back(read_grant(std::move(one)));
    if (grants.size() > most_grants)
        section.fail(key, quoted(section.path_of(key)) + " holds more than " +
                              std::to_string(most_grants) + " roles");
    return grants;
}

std::string grant_for_people(const NamespaceGrant& grant) {
    const bool cluster_role = grant.role_type == RoleType::cluster_role;
    return (grant.rules.empty() ? (cluster_role ? "clusterrole/" : "role/") + grant.role
                                : "rules of the profile") +
           " in namespace " + grant.namespace_;
}

std::string rules_by_length(const std::vector<PolicyRule>& rules) {
    std::string text;
    for (const PolicyRule& rule : rules)
        for (const Texts* texts : {&rule.api_groups, &rule.resources, &rule.resource_names,
                                   &rule.verbs, &rule.non_resource_urls})
            text += '[' + joined_by_length(*texts) + ']';
    return text;
}

std::string grants_by_length(const std::vector<NamespaceGrant>& grants) {
    Texts texts;
    for (const NamespaceGrant& grant : grants)
        texts.push_back(joined_by_length(
            {grant.namespace_, grant.role_type == RoleType::cluster_role ? "cluster-role" : "role",
             grant.role, rules_by_length(grant.rules)}));
    return joined_by_length(texts);
}

bool is_role_name(const std::string& name) {
    return !name.empty() && name.find_first_of("/%") == std::string::npos && name != "." &&
           name != "..";
}

} // namespace leasehold::lease
