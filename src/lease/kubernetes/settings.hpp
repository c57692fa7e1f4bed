// What the embedded provider is told by a profile: whose token, with which rights, asked for by
// whom.
#pragma once

#include "src/base/url.hpp"

#include <optional>
#include <string>
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
        gateway
    };
    Kind kind = Kind::stored_token;
    std::string kubeconfig; // absolute
    std::string context;    // empty: the file's current-context
    std::string token_file;
    std::string client_certificate;
    std::string client_key;
    Url gateway;            // asks the API server in our place; its path goes before the API's
    std::string gateway_ca; // absolute; empty: system roots
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

// The rights of a temporary service account.
struct DynamicSettings {
    enum class RoleType { role, cluster_role };
    enum class Binding { role, cluster }; // RoleBinding, ClusterRoleBinding
    RoleType role_type = RoleType::role;
    std::string role;              // one that exists; or
    std::vector<PolicyRule> rules; // of a role that is made for the lease and goes with it
    Binding binding = Binding::role;
    std::string name_template; // as lease_name.hpp reads it
};

enum class CredentialKind {
    fixed,     // "static": a token of a service account that exists
    temporary, // "dynamic": a service account that is made for the lease and goes with it
};

// What the embedded provider needs.
struct KubernetesSettings {
    CredentialKind credential = CredentialKind::fixed;
    std::string namespace_;              // the default one: the first of
    std::vector<std::string> namespaces; // those that a lease may be in
    std::string service_account;         // of a fixed credential
    std::optional<bool> revocable;       // empty: if the requester may create Secrets
    DynamicSettings dynamic;
    std::vector<std::string> audiences; // empty: the API server's own
    std::string issuer;                 // empty: the one seen first is remembered
    RequesterSettings requester;
};

} // namespace leasehold::lease
