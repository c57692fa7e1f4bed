// What the embedded provider is told by a profile: whose token, with which rights, asked for by
// whom.
#pragma once

#include "src/base/url.hpp"
#include "src/lease/terms/cluster.hpp"
#include "src/lease/terms/lease_terms.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace leasehold::lease {

// With which identity the `kubernetes` provider asks for a token.
struct RequesterSettings {
    enum class Kind {
        stored_token,
        kubeconfig,
        token_file,
        client_certificate,
        in_cluster,
        gateway,
        oidc // the platform's own JWT, for API servers that trust its issuer
    };
    Kind kind = Kind::stored_token;
    std::string kubeconfig; // absolute
    std::string context;    // empty: the file's current-context
    std::string command;    // absolute: what a bare name of its exec plugin means
    std::string token_file;
    std::string client_certificate;
    std::string client_key;
    Url gateway;               // asks the API server in our place; its path goes before the API's
    std::string gateway_ca;    // absolute; empty: system roots
    std::string oidc;          // where the JWT is from: github, variable or file
    std::string oidc_audience; // asked of GitHub
    std::string oidc_variable;
    std::string oidc_file;
};

// One rule of a Role or ClusterRole (rbac.authorization.k8s.io/v1, PolicyRule).
struct PolicyRule {
    std::vector<std::string> api_groups;
    std::vector<std::string> resources;
    std::vector<std::string> resource_names;
    std::vector<std::string> verbs;
    std::vector<std::string> non_resource_urls;

    friend bool operator==(const PolicyRule&, const PolicyRule&) = default;
};

enum class RoleType { role, cluster_role };

// What a service account may do in one namespace, bound there.
struct NamespaceGrant {
    std::string namespace_;
    RoleType role_type = RoleType::role;
    std::string role;              // one that exists; or
    std::vector<PolicyRule> rules; // of a role that is made for the lease and goes with it
};

// So many that two digits count them behind a lease's name.
inline constexpr std::size_t most_grants = 64;

// The rights of a service account that is made for a lease.
struct DynamicSettings {
    using RoleType = lease::RoleType;
    enum class Binding { role, cluster }; // RoleBinding, ClusterRoleBinding
    RoleType role_type = RoleType::role;
    std::string role;                  // one that exists; or
    std::vector<PolicyRule> rules;     // of a role that is made for the lease and goes with it; or
    std::vector<NamespaceGrant> roles; // several, each in its namespace
    Binding binding = Binding::role;
    std::string name_template; // as settings/name_template.hpp reads it
};

enum class CredentialKind {
    static_,  // a token of a service account that exists
    dynamic_, // a service account that is made for the lease and goes with it
};

// What the embedded provider needs.
struct KubernetesSettings {
    CredentialKind credential = CredentialKind::static_;
    std::string service_account;   // of a static credential
    std::optional<bool> revocable; // empty: if the requester may create Secrets
    DynamicSettings dynamic;
    std::string namespace_selector; // of labels that a lease's namespaces must have; "" for any
    using Added = std::vector<std::pair<std::string, std::string>>;
    Added labels; // beside leasehold's own, on what leases make
    Added annotations;
    RequesterSettings requester;
};

// What the embedded provider is given of a profile. All that it refers to outlives it.
struct KubernetesProfile {
    const std::string& name; // for records and messages
    const std::string& path; // of its file, for hints
    const ClusterSettings& cluster;
    const LeaseTerms& terms;
    const KubernetesSettings& settings;
};

} // namespace leasehold::lease
