#include "src/lease/kubernetes/settings/credential.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/lease/kubernetes/settings/grants.hpp"
#include "src/lease/settings/name_template.hpp"

#include <array>

namespace leasehold::lease {
namespace {

using Texts = std::vector<std::string>;
using Binding = DynamicSettings::Binding;

std::string read_choice(SettingsSection& section, const FieldFacts& facts) {
    return read_text_field(section, facts, {});
}

constexpr FieldFacts credential_facts{
    .key = "credential",
    .form = FieldForm::choice,
    .identity = Identity::of_lease,
    .shown = Shown::always,
    .flag = "credential",
    .help = "static (the default): an existing service account; dynamic: one that is made for "
            "the lease, with a role",
    .choices = "static dynamic"};

constexpr FieldFacts revocable_facts{
    .key = "revocable",
    .form = FieldForm::truth,
    .identity = Identity::of_lease,
    .shown = Shown::always,
    .flag = "revocable",
    .no_flag = "no-revocable",
    .help = "static: bind each token to a Secret, so that the lease can be revoked (the default "
            "where the requester may create Secrets)",
    .unset = "(if the requester may create secrets)"};

constexpr FieldFacts selector_facts{
    .key = "namespace-selector",
    .form = FieldForm::text,
    .identity = Identity::of_lease,
    .shown = Shown::if_set,
    .flag = "namespace-selector",
    .help = "labels that the namespaces of a lease must have (as kubectl get -l takes them); with "
            "it --namespace '*' allows all that have them"};

const std::array<Field<KubernetesSettings>, 4> credential_table{{
    {credential_facts,
     FieldCode<KubernetesSettings>{
         [](SettingsSection& section, std::string_view, KubernetesSettings& settings) {
             if (read_choice(section, credential_facts) == "dynamic")
                 settings.credential = CredentialKind::dynamic_;
         },
         [](const KubernetesSettings& settings) {
             return std::string(settings.credential == CredentialKind::dynamic_ ? "dynamic"
                                                                                : "static");
         }}},
    {{.key = "service-account",
      .form = FieldForm::text,
      .identity = Identity::of_lease,
      .shown = Shown::always,
      .flag = "service-account",
      .help = "static: service account to lease tokens of"},
     &KubernetesSettings::service_account},
    {revocable_facts,
     FieldCode<KubernetesSettings>{
         [](SettingsSection& section, std::string_view key, KubernetesSettings& settings) {
             settings.revocable = section.boolean(key);
         },
         [](const KubernetesSettings& settings) {
             return std::string(!settings.revocable ? "" : *settings.revocable ? "true" : "false");
         }}},
    {selector_facts,
     FieldCode<KubernetesSettings>{
         [](SettingsSection& section, std::string_view key, KubernetesSettings& settings) {
             settings.namespace_selector = section.text(key).value_or("");
             // One that selects everything would look like one that selects.
             if (section.has(key) &&
                 settings.namespace_selector.find_first_not_of(" ,") == std::string::npos)
                 section.fail(key, quoted(section.path_of(key)) + " is empty");
         },
         [](const KubernetesSettings& settings) { return settings.namespace_selector; }}},
}};

std::string rules_for_people(const DynamicSettings& dynamic) {
    std::string out;
    for (const PolicyRule& rule : dynamic.rules)
        out += (out.empty() ? "" : "; ") + joined_for_people(rule.verbs) + " on " +
               joined_for_people(rule.resources.empty() ? rule.non_resource_urls : rule.resources);
    return out;
}

std::string roles_for_people(const DynamicSettings& dynamic) {
    std::string out;
    for (const NamespaceGrant& grant : dynamic.roles)
        out += (out.empty() ? "" : "; ") + grant_for_people(grant);
    return out;
}

constexpr FieldFacts role_type_facts{.key = "role-type",
                                     .form = FieldForm::choice,
                                     .identity = Identity::of_lease,
                                     .shown = Shown::always,
                                     .flag = "role-type",
                                     .help = "dynamic: role (the default) or cluster-role",
                                     .choices = "role cluster-role"};
constexpr FieldFacts binding_facts{.key = "binding",
                                   .form = FieldForm::choice,
                                   .identity = Identity::of_lease,
                                   .shown = Shown::always,
                                   .flag = "binding",
                                   .help =
                                       "dynamic: role (the default) or cluster, the whole cluster",
                                   .choices = "role cluster"};

void read_role_type(SettingsSection& section, std::string_view, DynamicSettings& dynamic) {
    if (read_choice(section, role_type_facts) == "cluster-role")
        dynamic.role_type = RoleType::cluster_role;
}

// After the role's type.
void read_binding(SettingsSection& section, std::string_view, DynamicSettings& dynamic) {
    if (read_choice(section, binding_facts) != "cluster")
        return;
    dynamic.binding = Binding::cluster;
    if (section.text("role-type") == "role")
        section.fail("binding", "a Role cannot be bound in the whole cluster",
                     "use role-type: cluster-role, or binding: role");
}

// After the binding.
void read_rules(SettingsSection& section, std::string_view key, DynamicSettings& dynamic) {
    for (SettingsSection& rule : section.sections(key))
        dynamic.rules.push_back(read_rule(std::move(rule), dynamic.binding == Binding::cluster));
}

void read_name_template(SettingsSection& section, std::string_view key, DynamicSettings& dynamic) {
    dynamic.name_template = section.text(key).value_or(std::string(default_name_template));
    if (auto checked = check_name_template(dynamic.name_template); !checked)
        section.fail(key, checked.error().message, checked.error().hint);
}

const std::array<Field<DynamicSettings>, 6> dynamic_table{{
    {role_type_facts, FieldCode<DynamicSettings>{read_role_type,
                                                 [](const DynamicSettings& dynamic) {
                                                     return std::string(dynamic.role_type ==
                                                                                RoleType::role
                                                                            ? "role"
                                                                            : "cluster-role");
                                                 }}},
    {binding_facts, FieldCode<DynamicSettings>{read_binding,
                                               [](const DynamicSettings& dynamic) {
                                                   return std::string(dynamic.binding ==
                                                                              Binding::role
                                                                          ? "role"
                                                                          : "cluster");
                                               }}},
    {{.key = "role",
      .form = FieldForm::text,
      .identity = Identity::of_lease,
      .shown = Shown::if_set,
      .flag = "role",
      .help = "dynamic: the role to bind; or"},
     &DynamicSettings::role},
    {{.key = "rules",
      .form = FieldForm::block,
      .identity = Identity::of_lease,
      .shown = Shown::if_set,
      .flag = "rules-file",
      .help = "dynamic: rules of a role that is made for the lease (YAML)"},
     FieldCode<DynamicSettings>{
         read_rules, rules_for_people,
         [](const DynamicSettings& dynamic) { return rules_by_length(dynamic.rules); }}},
    {{.key = "roles",
      .form = FieldForm::block,
      .identity = Identity::of_lease,
      .shown = Shown::if_set},
     FieldCode<DynamicSettings>{
         [](SettingsSection& section, std::string_view key, DynamicSettings& dynamic) {
             dynamic.roles = read_grants(section, key);
         },
         roles_for_people,
         [](const DynamicSettings& dynamic) { return grants_by_length(dynamic.roles); }}},
    {{.key = "name-template",
      .form = FieldForm::text,
      .identity = Identity::of_lease,
      .shown = Shown::always,
      .flag = "name-template",
      .help = "dynamic: name of the objects that are made (default leasehold-{random})"},
     FieldCode<DynamicSettings>{
         read_name_template, [](const DynamicSettings& dynamic) { return dynamic.name_template; }}},
}};

// With several roles each says for itself of which kind it is, and where it is bound.
void check_roles(SettingsSection& section) {
    for (const char* key : {"role", "rules", "role-type", "binding"})
        if (section.has(key))
            section.fail(key, quoted(key) + " and roles are given",
                         "each of the roles says for itself what it is: {namespace, role | "
                         "cluster-role | rules}");
}

void check_role(SettingsSection& section, DynamicSettings& dynamic) {
    if (!dynamic.roles.empty())
        return check_roles(section);
    if (dynamic.role.empty() == dynamic.rules.empty())
        section.fail("role",
                     dynamic.role.empty() ? "neither a role nor rules are given"
                                          : "both a role and rules are given",
                     "name a role that exists (role), or the rules of one to make (rules); or "
                     "several in their namespaces (roles)");
    if (dynamic.rules.empty() && !dynamic.role.empty() && !is_role_name(dynamic.role))
        section.fail("role", "\"kubernetes.role\" is no role name: " + quoted(dynamic.role));
    // A role of one's own is of the kind that its binding needs.
    if (!dynamic.rules.empty())
        dynamic.role_type =
            dynamic.binding == Binding::cluster ? RoleType::cluster_role : RoleType::role;
}

void check_static(SettingsSection& section, const KubernetesSettings& settings) {
    if (!is_dns_subdomain(settings.service_account))
        section.fail("service-account",
                     settings.service_account.empty()
                         ? "\"kubernetes.service-account\" is missing"
                         : "\"kubernetes.service-account\" is no service account name: " +
                               quoted(settings.service_account));
    for (const Field<DynamicSettings>& field : dynamic_table)
        if (section.has(field.facts.key))
            section.fail(field.facts.key,
                         quoted(field.facts.key) + " is for credential: dynamic only");
}

} // namespace

std::span<const Field<KubernetesSettings>> credential_fields() {
    return credential_table;
}

std::span<const Field<DynamicSettings>> dynamic_fields() {
    return dynamic_table;
}

void read_credential(SettingsSection& section, KubernetesSettings& settings) {
    read_field(section, credential_table.front(), {}, settings);
    if (settings.credential == CredentialKind::static_) {
        read_fields(section, credential_fields(), {}, settings);
        return check_static(section, settings);
    }
    for (const char* key : {"service-account", "revocable"})
        if (section.has(key))
            section.fail(key, quoted(key) + " is for credential: static only",
                         "a dynamic credential makes its own service account and is always "
                         "revocable");
    read_field(section, credential_table.back(), {}, settings);
    read_fields(section, dynamic_fields(), {}, settings.dynamic);
    check_role(section, settings.dynamic);
}

} // namespace leasehold::lease
