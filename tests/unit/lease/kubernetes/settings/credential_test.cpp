#include "src/lease/kubernetes/needed_rights.hpp"
#include "src/lease/kubernetes/settings/credential.hpp"
#include "src/lease/kubernetes/settings/reading.hpp"
#include "src/lease/profile/profile.hpp"
#include "tests/unit/lease/embedded.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace leasehold::lease {
namespace {

Result<Profile> parse(const std::string& kubernetes) {
    return parse_profile("cluster: {server: https://prod.example:6443}\nkubernetes: {" +
                             kubernetes + "}\n",
                         "prod", "/p/prod.yaml", "/h");
}

std::string error_of(const std::string& kubernetes) {
    const auto profile = parse(kubernetes);
    return profile ? "it was accepted" : profile.error().message;
}

TEST(CredentialSettings, ADynamicCredentialWithDefaults) {
    const auto profile = parse("credential: dynamic, namespaces: [ci, stage], role: reader");
    ASSERT_TRUE(profile) << profile.error().message;
    const KubernetesSettings& settings = kubernetes_of(*profile);
    EXPECT_EQ(settings.credential, CredentialKind::dynamic_);
    EXPECT_EQ(profile->terms.default_namespace(), "ci");
    EXPECT_EQ(profile->terms.namespaces, (std::vector<std::string>{"ci", "stage"}));
    EXPECT_EQ(settings.dynamic.role, "reader");
    EXPECT_EQ(settings.dynamic.role_type, DynamicSettings::RoleType::role);
    EXPECT_EQ(settings.dynamic.binding, DynamicSettings::Binding::role);
    EXPECT_EQ(settings.dynamic.name_template, "leasehold-{random}");
}

TEST(CredentialSettings, RulesDecideTheKindOfTheirRole) {
    const std::string rules =
        "credential: dynamic, namespace: ci, rules: [{apiGroups: [\"\"], resources: [pods], "
        "verbs: [get]}]";
    const auto profile = parse(rules + ", binding: cluster");
    ASSERT_TRUE(profile) << profile.error().message;
    EXPECT_EQ(kubernetes_of(*profile).dynamic.role_type, DynamicSettings::RoleType::cluster_role);
    EXPECT_EQ(kubernetes_of(*profile).dynamic.rules.front().api_groups,
              std::vector<std::string>{""});
}

TEST(CredentialSettings, WhatMakesNoSenseIsRefusedWithItsPlace) {
    const std::pair<const char*, const char*> cases[] = {
        {"credential: dynamic, namespace: ci", "neither a role nor rules"},
        {"credential: dynamic, namespace: ci, role: r, rules: [{verbs: [get], apiGroups: [\"\"], "
         "resources: [pods]}]",
         "both a role and rules"},
        {"credential: dynamic, namespace: ci, role: r, binding: cluster, role-type: role",
         "cannot be bound in the whole cluster"},
        {"credential: dynamic, namespace: ci, role: r, binding: both", "must be role or cluster"},
        {"credential: dynamic, namespace: ci, role: r, role-type: x", "role or cluster-role"},
        {"credential: dynamic, namespace: ci, role: r, service-account: d", "static only"},
        {"credential: dynamic, namespace: ci, role: r, revocable: true", "static only"},
        {"credential: dynamic, namespace: ci, role: a/b", "no role name"},
        {"credential: dynamic, namespace: ci, role: r, name-template: fixed", "lacks {random}"},
        {"credential: dynamic, namespace: ci, rules: [{verbs: []}]", "allows nothing"},
        {"credential: dynamic, namespace: ci, rules: [{verbs: [get]}]", "apiGroups and resources"},
        {"credential: dynamic, namespace: ci, rules: [{verbs: [get], nonResourceURLs: [/x]}]",
         "need binding: cluster"},
        {"credential: dynamic, namespace: ci, rules: [{verbs: [get], apiGroups: [\"\"], resources: "
         "[pods], verb: x}]",
         "unknown key"},
        {"credential: dynamic, namespace: ci, rules: get", "list of mappings"},
        {"credential: dynamic, namespace: ci, role: r, roles: [{namespace: a, role: r}]",
         "\"role\" and roles are given"},
        {"credential: dynamic, namespace: ci, binding: cluster, roles: [{namespace: a, role: r}]",
         "\"binding\" and roles are given"},
        {"credential: dynamic, namespace: ci, roles: [{role: r}]",
         "roles[0].namespace\" is missing"},
        {"credential: dynamic, namespace: ci, roles: [{namespace: A, role: r}]",
         "no namespace name"},
        {"credential: dynamic, namespace: ci, roles: [{namespace: a}]",
         "needs one of role, cluster-role and rules"},
        {"credential: dynamic, namespace: ci, roles: [{namespace: a, role: r, cluster-role: r}]",
         "needs one of role, cluster-role and rules"},
        {"credential: dynamic, namespace: ci, roles: [{namespace: a, cluster-role: a/b}]",
         "no role name"},
        {"credential: dynamic, namespace: ci, roles: [{namespace: a, rules: [{verbs: []}]}]",
         "allows nothing"},
        {"credential: dynamic, namespace: ci, roles: [{namespace: a, role: r, kind: x}]",
         "unknown key"},
        {"credential: dynamic, namespace: ci, roles: []", "neither a role nor rules"},
        {"namespace: ci, service-account: d, roles: [{namespace: a, role: r}]", "dynamic only"},
        {"credential: dynamic, namespaces: [], role: r", "is missing"},
        {"credential: dynamic, namespaces: [ci, Bad], role: r", "no namespace name"},
        {"credential: dynamic, namespace: a, namespaces: [b], role: r", "both namespace"},
        {"namespace: ci, service-account: d, role: r", "dynamic only"},
        {"namespace: ci, service-account: d, revocable: maybe", "true or false"},
        {"namespaces: [ci, \"*\"], service-account: d",
         "is for profiles with a namespace-selector"},
        {"namespaces: [\"*\"], service-account: d, namespace-selector: a", "is missing"},
        {"namespace: ci, service-account: d, namespace-selector: \" \"", "is empty"},
        {"namespace: ci, service-account: d, labels: [a]", "must be a mapping"},
        {"namespace: ci, service-account: d, labels: {a b: c}", "no key that Kubernetes takes"},
        {"namespace: ci, service-account: d, labels: {a: b c}", "the value of label \"a\""},
        {"namespace: ci, service-account: d, labels: {app.kubernetes.io/managed-by: me}",
         "others act upon"},
        {"namespace: ci, service-account: d, labels: {leasehold.dev/lease: x}", "others act upon"},
        {"namespace: ci, service-account: d, "
         "labels: {rbac.authorization.k8s.io/aggregate-to-admin: \"true\"}",
         "others act upon"},
        {"namespace: ci, service-account: d, annotations: {kubernetes.io/x: y}",
         "annotation \"kubernetes.io/x\" is leasehold's or Kubernetes' own"},
    };
    for (const auto& [text, words] : cases) {
        const std::string error = error_of(text);
        EXPECT_NE(error.find(words), std::string::npos) << text << "\n" << error;
        EXPECT_EQ(error.rfind("/p/prod.yaml:2:", 0), 0u) << error;
    }
}

TEST(CredentialSettings, TheIdentityTellsEveryDifference) {
    const std::string dynamic = "credential: dynamic, namespace: ci, ";
    const std::string rule = "rules: [{apiGroups: [\"\"], resources: [pods], verbs: [get]}]";
    const std::string texts[] = {
        "namespace: ci, service-account: d",
        "namespace: ci, service-account: d, revocable: true",
        "namespace: ci, service-account: d, revocable: false",
        "namespace: ci, service-account: d, namespace-selector: a=b",
        dynamic + "role: a, namespace-selector: a=b",
        dynamic + "role: a",
        dynamic + "role: b",
        dynamic + "role: a, role-type: cluster-role",
        dynamic + "role: a, role-type: cluster-role, binding: cluster",
        dynamic + "role: a, name-template: \"x-{random}\"",
        dynamic + rule,
        dynamic + "rules: [{apiGroups: [\"\"], resources: [pods], verbs: [get, list]}]",
        dynamic + "rules: [{apiGroups: [\"\"], resources: [pods, get], verbs: [list]}]",
        dynamic + rule + ", binding: cluster",
        dynamic + "roles: [{namespace: ci, role: a}]",
        dynamic + "roles: [{namespace: ci, cluster-role: a}]",
        dynamic + "roles: [{namespace: stage, role: a}]",
        dynamic + "roles: [{namespace: ci, role: a}, {namespace: stage, role: a}]",
        dynamic + "roles: [{namespace: ci, " + rule + "}]",
        dynamic + "roles: [{namespace: ci, " + rule + "}, {namespace: stage, " + rule + "}]",
    };
    std::vector<Fields> seen;
    for (const std::string& text : texts) {
        const auto profile = parse(text);
        ASSERT_TRUE(profile) << text << profile.error().message;
        const Fields identity = kubernetes_identity(kubernetes_of(*profile), Identity::of_lease);
        EXPECT_EQ(std::count(seen.begin(), seen.end(), identity), 0) << text;
        seen.push_back(identity);
    }
}

TEST(NeededRights, AreNoMoreThanTheLeaseTakes) {
    const auto count = [](const std::string& text, bool optional) {
        const Profile profile = parse(text).value();
        const auto rights = needed_rights(embedded(profile));
        return std::count_if(rights.begin(), rights.end(),
                             [&](const NeededRight& right) { return right.optional == optional; });
    };
    EXPECT_EQ(count("namespace: ci, service-account: d, revocable: false", false), 1);
    EXPECT_EQ(count("namespace: ci, service-account: d", true), 4);
    EXPECT_EQ(count("namespace: ci, service-account: d, revocable: true", true), 0);
    EXPECT_EQ(count("credential: dynamic, namespaces: [a, b], role: r", false), 18);
    EXPECT_EQ(
        count("credential: dynamic, namespaces: [a, b], role: r, namespace-selector: x", false),
        18 + 2);
    EXPECT_EQ(count("credential: dynamic, namespaces: [a, b, \"*\"], role: r, "
                    "namespace-selector: x",
                    false),
              18 + 1);
    EXPECT_EQ(count("credential: dynamic, namespace: a, role: r, role-type: cluster-role, "
                    "binding: cluster",
                    false),
              9);
    // An account in one, bindings in three, one of which has a role of the lease's own.
    EXPECT_EQ(count("credential: dynamic, namespace: a, roles: [{namespace: a, role: r}, "
                    "{namespace: b, cluster-role: r}, {namespace: b, role: r}, {namespace: c, "
                    "rules: [{apiGroups: [\"\"], resources: [pods], verbs: [get]}]}]",
                    false),
              5 + 3 * 3 + 3 + 3);
}

} // namespace
} // namespace leasehold::lease
