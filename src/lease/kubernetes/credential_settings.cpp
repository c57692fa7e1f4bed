#include "src/lease/kubernetes/credential_settings.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/lease/settings/name_template.hpp"

#include <algorithm>
#include <array>

namespace leasehold::lease {
namespace {

using Texts = std::vector<std::string>;

constexpr std::array dynamic_keys = {"role-type", "role", "rules", "binding", "name-template"};

void read_namespaces(SettingsSection& section, KubernetesSettings& settings) {
    const auto one = section.text("namespace");
    const auto several = section.texts("namespaces");
    if (one && several)
        section.fail("namespaces", "both namespace and namespaces are given",
                     "namespaces: [a, b] allows both, the first being the default");
    if (several)
        settings.namespaces = *several;
    else if (one)
        settings.namespaces = {*one};
    if (settings.namespaces.empty())
        section.fail("namespaces", "\"kubernetes.namespace\" is missing");
    for (const std::string& space : settings.namespaces)
        if (!is_dns_label(space))
            section.fail(several ? "namespaces" : "namespace",
                         space.empty()
                             ? "\"kubernetes.namespace\" is missing"
                             : "\"kubernetes.namespace\" is no namespace name: " + quoted(space));
    if (!settings.namespaces.empty())
        settings.namespace_ = settings.namespaces.front();
}

void read_fixed(SettingsSection& section, KubernetesSettings& settings) {
    settings.service_account = section.text("service-account").value_or("");
    settings.revocable = section.boolean("revocable");
    if (!is_dns_subdomain(settings.service_account))
        section.fail("service-account",
                     settings.service_account.empty()
                         ? "\"kubernetes.service-account\" is missing"
                         : "\"kubernetes.service-account\" is no service account name: " +
                               quoted(settings.service_account));
    for (const char* key : dynamic_keys)
        if (section.has(key))
            section.fail(key, quoted(key) + " is for credential: dynamic only");
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

void read_binding(SettingsSection& section, DynamicSettings& dynamic) {
    const auto role_type = section.text("role-type");
    const auto binding = section.text("binding");
    if (role_type && *role_type != "role" && *role_type != "cluster-role")
        section.fail("role-type", "\"kubernetes.role-type\" must be role or cluster-role");
    if (binding && *binding != "role" && *binding != "cluster")
        section.fail("binding", "\"kubernetes.binding\" must be role or cluster");
    if (binding == "cluster")
        dynamic.binding = DynamicSettings::Binding::cluster;
    if (role_type == "cluster-role")
        dynamic.role_type = DynamicSettings::RoleType::cluster_role;
    if (role_type == "role" && binding == "cluster")
        section.fail("binding", "a Role cannot be bound in the whole cluster",
                     "use role-type: cluster-role, or binding: role");
}

void read_role(SettingsSection& section, DynamicSettings& dynamic) {
    const bool cluster_wide = dynamic.binding == DynamicSettings::Binding::cluster;
    dynamic.role = section.text("role").value_or("");
    for (SettingsSection& rule : section.sections("rules"))
        dynamic.rules.push_back(read_rule(std::move(rule), cluster_wide));
    if (dynamic.role.empty() == dynamic.rules.empty())
        section.fail("role",
                     dynamic.role.empty() ? "neither a role nor rules are given"
                                          : "both a role and rules are given",
                     "name a role that exists (role), or the rules of one to make (rules)");
    // Role names are path segments: wider than names of other objects ("system:node").
    if (dynamic.role.find_first_of("/%") != std::string::npos || dynamic.role == "." ||
        dynamic.role == "..")
        section.fail("role", "\"kubernetes.role\" is no role name: " + quoted(dynamic.role));
    // A role of one's own is of the kind that its binding needs.
    if (!dynamic.rules.empty())
        dynamic.role_type = cluster_wide ? DynamicSettings::RoleType::cluster_role
                                         : DynamicSettings::RoleType::role;
}

void read_temporary(SettingsSection& section, KubernetesSettings& settings) {
    for (const char* key : {"service-account", "revocable"})
        if (section.has(key))
            section.fail(key, quoted(key) + " is for credential: static only",
                         "a dynamic credential makes its own service account and is always "
                         "revocable");
    read_binding(section, settings.dynamic);
    read_role(section, settings.dynamic);
    settings.dynamic.name_template =
        section.text("name-template").value_or(std::string(default_name_template));
    if (auto checked = check_name_template(settings.dynamic.name_template); !checked)
        section.fail("name-template", checked.error().message, checked.error().hint);
}

} // namespace

void read_credential(SettingsSection& section, KubernetesSettings& settings) {
    const std::string credential = section.text("credential").value_or("static");
    read_namespaces(section, settings);
    if (credential == "static") {
        settings.credential = CredentialKind::fixed;
        read_fixed(section, settings);
    } else if (credential == "dynamic") {
        settings.credential = CredentialKind::temporary;
        read_temporary(section, settings);
    } else {
        section.fail("credential", "credential " + quoted(credential) + " is not known",
                     "credentials: static, dynamic");
    }
}

std::string credential_identity(const KubernetesSettings& settings) {
    if (settings.credential == CredentialKind::fixed)
        return !settings.revocable   ? "static"
               : *settings.revocable ? "static revocable"
                                     : "static plain";
    const DynamicSettings& dynamic = settings.dynamic;
    std::string text =
        std::string("dynamic ") +
        (dynamic.role_type == DynamicSettings::RoleType::role ? "role " : "cluster-role ") +
        (dynamic.binding == DynamicSettings::Binding::role ? "role " : "cluster ") +
        dynamic.name_template + ' ' + dynamic.role;
    const auto add = [&](const Texts& texts) {
        text += '[';
        for (const std::string& one : texts)
            text += std::to_string(one.size()) + ':' + one;
        text += ']';
    };
    for (const PolicyRule& rule : dynamic.rules) {
        add(rule.api_groups);
        add(rule.resources);
        add(rule.resource_names);
        add(rule.verbs);
        add(rule.non_resource_urls);
    }
    return text;
}

} // namespace leasehold::lease
