// What the `vault` provider is told by a profile: which role of which Kubernetes secrets engine, at
// which Vault or OpenBao, and how to log in there.
#pragma once

#include "src/base/error.hpp"
#include "src/base/url.hpp"
#include "src/lease/settings/field.hpp"
#include "src/lease/settings/proof_settings.hpp"
#include "src/lease/terms/lease_terms.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease::vault {

// How somebody proves who they are. The values' order is that of `methods` in methods.cpp.
enum class AuthMethod {
    token, // brought along
    cli,   // left by `vault login` or `bao login`
    approle,
    jwt,
    kubernetes,
    cert,
    userpass,
    ldap,
    oidc, // by a person in a browser
    aws,
    gcp,
    azure,
};

// How the browser's answer to an OIDC login gets here.
enum class CallbackMode {
    client, // to a listener on this machine
    direct, // to the server, which is then asked (OpenBao)
    device, // likewise, after a code was typed (OpenBao)
};

// One way to log in. Of the other fields each method has its own; none is a secret.
struct AuthSettings : ProofSettings {
    AuthMethod method = AuthMethod::token;
    std::string mount;              // never empty once read
    std::string space;              // the Vault namespace of the login; "" is the root
    std::string role;               // jwt, oidc, kubernetes, cert, aws, gcp, azure
    std::string role_id;            // approle
    std::string secret_id_file;     // approle; empty: the environment or the secret store
    bool secret_id_wrapped = false; // approle: it is a wrapping token
    std::string server_id_header;   // aws: X-Vault-AWS-IAM-Server-ID
    CallbackMode callback_mode = CallbackMode::client; // oidc
    std::string callback_port;                         // oidc; empty: 8250
};

// What a role's leases are, as far as the profile tells.
enum class RoleKind {
    unknown,
    static_, // tokens of an account that stays: they cannot be revoked
    dynamic, // an account made for each lease, which ends with it
};

struct VaultSettings {
    Url address; // with a path, if it has one; /v1 is below it
    std::string ca_file;
    std::string tls_server_name;
    std::optional<Url> proxy;
    std::string client_certificate; // for the method cert, and for listeners that want one
    std::string client_key;
    std::string space; // the Vault namespace, without slashes at its ends; "" is the root
    std::string mount; // of the secrets engine; may hold slashes
    std::string role;  // in the case as given, which policies and lease ids keep
    bool cluster_role_binding = false;
    std::string service_account; // whose tokens these are; empty: whose the role says
    RoleKind kind = RoleKind::unknown;
    AuthSettings auth;
};

inline constexpr std::string_view default_mount = "kubernetes";
inline constexpr std::string_view default_callback_port = "8250";

// The name of a method in profiles and on the command line, and back.
[[nodiscard]] std::string_view to_text(AuthMethod method);
[[nodiscard]] std::optional<AuthMethod> parse_auth_method(std::string_view name);
// All names, for messages: "token, cli, ...".
[[nodiscard]] std::string auth_method_names();

// Whether logging in makes a token of our own, which is ours to renew and to revoke.
[[nodiscard]] bool makes_own_token(AuthMethod method);
// Whether nobody need be asked: a person logs in with `oidc`, and with a password that is kept
// nowhere.
[[nodiscard]] bool is_password_method(AuthMethod method);

// What `leasehold login` takes for a method, for people ("secret id"), and its flag; "" for none.
[[nodiscard]] std::string_view login_secret_name(AuthMethod method);
[[nodiscard]] std::string_view login_secret_flag(AuthMethod method);

// Whether `leasehold login` has something to do: no file is named for what logging in needs.
[[nodiscard]] bool needs_login(const AuthSettings& auth);

// Reads the profile's section `vault`. Mistakes go to the section's context.
[[nodiscard]] VaultSettings read_settings(SettingsSection section, const SettingsPaths& paths,
                                          LeaseTerms& terms);

// An address as the servers' own tools take it. https only, except on loopback.
[[nodiscard]] Result<Url> parse_address(std::string_view text);

// "kubernetes/creds/deployer", for policies, ids and people.
[[nodiscard]] std::string creds_path(const VaultSettings& settings);

// What tells one login from another, or beside that one lease from another. No secret.
[[nodiscard]] Fields settings_identity(const VaultSettings& settings, Identity::Role role);

// Each value under its path in the file, for `profile show`.
[[nodiscard]] Fields shown_settings(const VaultSettings& settings, const LeaseTerms& terms);

// In a word: "kubernetes deployer".
[[nodiscard]] std::string leased(const VaultSettings& settings);

// The rows of the profile's sections.
[[nodiscard]] std::vector<FieldGroup> setting_groups();

} // namespace leasehold::lease::vault
