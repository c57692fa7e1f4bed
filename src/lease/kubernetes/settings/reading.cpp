#include "src/lease/kubernetes/settings/reading.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/lease/kubernetes/settings/added_metadata.hpp"
#include "src/lease/kubernetes/settings/credential.hpp"
#include "src/lease/kubernetes/settings/requester.hpp"

#include <array>

namespace leasehold::lease {
namespace {

constexpr std::string_view own = "kubernetes";
constexpr std::string_view own_requester = "kubernetes.requester";

void read_namespaces(SettingsSection& section, LeaseTerms& terms) {
    const auto one = section.text("namespace");
    const auto several = section.texts("namespaces");
    if (one && several)
        section.fail("namespaces", "both namespace and namespaces are given",
                     "namespaces: [a, b] allows both, the first being the default");
    if (several)
        terms.namespaces = *several;
    else if (one)
        terms.namespaces = {*one};
    terms.others = std::erase(terms.namespaces, "*") != 0;
    if (terms.others && !section.has("namespace-selector"))
        section.fail("namespaces", "\"*\" is for profiles with a namespace-selector",
                     "namespace-selector: team=infra allows the namespaces with that label");
    if (terms.namespaces.empty())
        section.fail("namespaces", "\"kubernetes.namespace\" is missing",
                     "name the one that leases are in by default first");
    for (const std::string& space : terms.namespaces)
        if (!is_dns_label(space))
            section.fail(several ? "namespaces" : "namespace",
                         space.empty()
                             ? "\"kubernetes.namespace\" is missing"
                             : "\"kubernetes.namespace\" is no namespace name: " + quoted(space));
}

// Flags that are written as `roles`, `labels` and `annotations`: a pair each, which no row has a
// form for.
constexpr std::array<FieldFacts, 4> pair_flags{{
    {.key = {},
     .form = FieldForm::list,
     .identity = Identity::none,
     .shown = Shown::if_set,
     .flag = "role-in",
     .help = "dynamic: NAMESPACE/ROLE, repeatable: a role bound in its own namespace"},
    {.key = {},
     .form = FieldForm::list,
     .identity = Identity::none,
     .shown = Shown::if_set,
     .flag = "cluster-role-in",
     .help = "dynamic: NAMESPACE/CLUSTERROLE, repeatable: a cluster role bound in that namespace"},
    {.key = {},
     .form = FieldForm::list,
     .identity = Identity::none,
     .shown = Shown::if_set,
     .flag = "label",
     .help = "KEY=VALUE, repeatable: a label on what leases make in the cluster"},
    {.key = {},
     .form = FieldForm::list,
     .identity = Identity::none,
     .shown = Shown::if_set,
     .flag = "annotation",
     .help = "KEY=VALUE, repeatable: an annotation on it"},
}};

// What else a token is asked for.
const std::array<Field<LeaseTerms>, 2> terms_table{{
    {{.key = "audiences",
      .form = FieldForm::list,
      .identity = Identity::of_request,
      .shown = Shown::always,
      .flag = "audience",
      .help = "audience of the token, repeatable (default: the API server's own)"},
     &LeaseTerms::audiences},
    {{.key = "issuer",
      .form = FieldForm::text,
      .identity = Identity::of_request,
      .shown = Shown::always,
      .flag = "issuer",
      .help = "the issuer that tokens must name (default: that of the first one)"},
     &LeaseTerms::issuer},
}};

} // namespace

KubernetesSettings read_kubernetes_settings(SettingsSection section, const SettingsPaths& paths,
                                            LeaseTerms& terms) {
    KubernetesSettings settings;
    read_namespaces(section, terms);
    read_credential(section, settings);
    read_fields(section, added_metadata_fields(), paths, settings);
    read_fields(section, std::span<const Field<LeaseTerms>>(terms_table), paths, terms);
    check_audiences(section, terms.audiences);
    read_requester(section.section("requester"), paths, settings.requester);
    section.finish();
    return settings;
}

Fields kubernetes_identity(const KubernetesSettings& settings, Identity::Role role) {
    Fields fields;
    identify_fields(own, credential_fields(), settings, role, fields);
    if (settings.credential == CredentialKind::dynamic_)
        identify_fields(own, dynamic_fields(), settings.dynamic, role, fields);
    identify_fields(own, added_metadata_fields(), settings, role, fields);
    identify_fields(own_requester, requester_fields(), settings.requester, role, fields);
    return fields;
}

Fields shown_kubernetes(const KubernetesSettings& settings, const LeaseTerms& terms) {
    Fields shown;
    const bool dynamic = settings.credential == CredentialKind::dynamic_;
    show_fields(own, credential_fields().first(dynamic ? 1 : credential_fields().size()), settings,
                shown);
    if (dynamic)
        show_fields(own, credential_fields().last(1), settings, shown);
    if (dynamic)
        show_fields(own, dynamic_fields(), settings.dynamic, shown);
    const bool several = terms.namespaces.size() > 1 || terms.others;
    shown.emplace_back(several ? "kubernetes.namespaces" : "kubernetes.namespace",
                       joined_for_people(terms.namespaces) + (terms.others ? ", *" : ""));
    show_fields(own, std::span<const Field<LeaseTerms>>(terms_table), terms, shown);
    show_fields(own, added_metadata_fields(), settings, shown);
    show_fields(own_requester, requester_fields(), settings.requester, shown);
    return shown;
}

std::string leased_by_kubernetes(const KubernetesSettings& settings, const LeaseTerms& terms) {
    return terms.default_namespace() + '/' +
           (settings.credential == CredentialKind::dynamic_ ? "(dynamic)"
                                                            : settings.service_account);
}

std::vector<FieldGroup> kubernetes_groups() {
    std::vector<FieldGroup> groups{group_of(own, credential_fields()),
                                   group_of(own_requester, requester_fields())};
    const FieldGroup dynamic = group_of(own, dynamic_fields());
    const FieldGroup token = group_of(own, std::span<const Field<LeaseTerms>>(terms_table));
    groups.front().fields.insert(groups.front().fields.end(), pair_flags.begin(), pair_flags.end());
    const FieldGroup added = group_of(own, added_metadata_fields());
    for (const FieldGroup* more : {&dynamic, &token, &added})
        groups.front().fields.insert(groups.front().fields.end(), more->fields.begin(),
                                     more->fields.end());
    return groups;
}

} // namespace leasehold::lease
