#include "src/lease/vault/settings/fields.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/lease/settings/proof_fields.hpp"

#include <algorithm>
#include <array>

namespace leasehold::lease::vault {
namespace {

std::string_view without_slashes(std::string_view text) {
    while (text.starts_with('/'))
        text.remove_prefix(1);
    while (text.ends_with('/'))
        text.remove_suffix(1);
    return text;
}

// A path below /v1/ that leads nowhere else.
bool is_path(std::string_view text) {
    if (!has_no_control_characters(text))
        return false;
    while (!text.empty()) {
        const std::string_view segment = text.substr(0, text.find('/'));
        if (segment.empty() || segment == "." || segment == "..")
            return false;
        text.remove_prefix(std::min(segment.size() + 1, text.size()));
    }
    return true;
}

std::string read_path(SettingsSection& section, std::string_view key) {
    const std::string given = section.text(key).value_or("");
    const std::string path(without_slashes(given));
    if (!is_path(path) || (path.empty() && !given.empty()))
        section.fail(key, quoted(section.path_of(key)) + " is no path: " + quoted(given));
    return path;
}

// "root" is how people name the one without a name.
std::string read_space(SettingsSection& section, std::string_view key) {
    const std::string space = read_path(section, key);
    return space == "root" ? "" : space;
}

void read_address(SettingsSection& section, std::string_view key, VaultSettings& settings) {
    const auto given = section.text(key);
    if (!given)
        return section.fail(key, quoted(section.path_of(key)) + " is missing",
                            "it is what VAULT_ADDR or BAO_ADDR say to the server's own tools");
    if (auto address = parse_address(*given))
        settings.address = *std::move(address);
    else
        section.fail(key, address.error().message, address.error().hint);
}

void read_role(SettingsSection& section, std::string_view key, VaultSettings& settings) {
    settings.role = section.text(key).value_or("");
    if (settings.role.empty())
        section.fail(key, quoted(section.path_of(key)) + " is missing",
                     "it is the role of the Kubernetes secrets engine");
    else if (!is_path(settings.role) || settings.role.find('/') != std::string::npos)
        section.fail(key, quoted(section.path_of(key)) +
                              " is no name of a role: " + quoted(settings.role));
}

constexpr FieldFacts kind_facts{.key = "credential",
                                .form = FieldForm::choice,
                                .identity = Identity::of_lease,
                                .shown = Shown::if_set,
                                .flag = "credential",
                                .help = "what the role leases: static, tokens of an account that "
                                        "stays, or dynamic, an account for each lease",
                                .choices = "static dynamic"};

void read_kind(SettingsSection& section, std::string_view, VaultSettings& settings) {
    const std::string kind = read_text_field(section, kind_facts, {});
    settings.kind = kind == "static"    ? RoleKind::static_
                    : kind == "dynamic" ? RoleKind::dynamic
                                        : RoleKind::unknown;
}

std::string show_kind(const VaultSettings& settings) {
    return settings.kind == RoleKind::static_   ? "static"
           : settings.kind == RoleKind::dynamic ? "dynamic"
                                                : "";
}

const std::array<Field<VaultSettings>, 12> server_table{{
    {{.key = "address",
      .form = FieldForm::url,
      .identity = Identity::of_login,
      .shown = Shown::always,
      .flag = "address",
      .help = "the server's address",
      .variables = {"BAO_ADDR", "VAULT_ADDR"}},
     FieldCode<VaultSettings>{
         read_address, [](const VaultSettings& settings) { return settings.address.text(); }}},
    {{.key = "certificate-authority",
      .form = FieldForm::path,
      .identity = Identity::of_login,
      .shown = Shown::always,
      .flag = "vault-certificate-authority",
      .help = "PEM file of the server's CA",
      .variables = {"BAO_CACERT", "VAULT_CACERT"},
      .unset = "(the system's)"},
     &VaultSettings::ca_file},
    {{.key = "tls-server-name",
      .form = FieldForm::text,
      .identity = Identity::none,
      .shown = Shown::if_set,
      .flag = "vault-tls-server-name",
      .help = "name in the server's certificate, if not its host's",
      .variables = {"BAO_TLS_SERVER_NAME", "VAULT_TLS_SERVER_NAME"}},
     &VaultSettings::tls_server_name},
    {{.key = "proxy-url",
      .form = FieldForm::proxy_url,
      .identity = Identity::none,
      .shown = Shown::if_set,
      .flag = "vault-proxy-url",
      .help = "proxy on the way to the server",
      .variables = {"VAULT_PROXY_ADDR", "VAULT_HTTP_PROXY"}},
     &VaultSettings::proxy},
    {{.key = "client-certificate",
      .form = FieldForm::path,
      .identity = Identity::none,
      .shown = Shown::if_set,
      .flag = "vault-client-certificate",
      .help = "cert: PEM file of the client certificate",
      .variables = {"BAO_CLIENT_CERT", "VAULT_CLIENT_CERT"}},
     &VaultSettings::client_certificate},
    {{.key = "client-key",
      .form = FieldForm::path,
      .identity = Identity::none,
      .shown = Shown::if_set,
      .flag = "vault-client-key",
      .help = "cert: PEM file of its key",
      .variables = {"BAO_CLIENT_KEY", "VAULT_CLIENT_KEY"}},
     &VaultSettings::client_key},
    {{.key = "vault-namespace",
      .form = FieldForm::text,
      .identity = Identity::of_lease,
      .shown = Shown::if_set,
      .flag = "vault-namespace",
      .help = "namespace of the server in which the engine is",
      .variables = {"BAO_NAMESPACE", "VAULT_NAMESPACE"}},
     FieldCode<VaultSettings>{
         [](SettingsSection& section, std::string_view key, VaultSettings& settings) {
             settings.space = read_space(section, key);
         },
         [](const VaultSettings& settings) { return settings.space; }}},
    {{.key = "mount",
      .form = FieldForm::text,
      .identity = Identity::of_lease,
      .shown = Shown::always,
      .flag = "mount",
      .help = "where the Kubernetes secrets engine is mounted (default kubernetes)"},
     FieldCode<VaultSettings>{
         [](SettingsSection& section, std::string_view key, VaultSettings& settings) {
             settings.mount = read_path(section, key);
             if (settings.mount.empty())
                 settings.mount = default_mount;
         },
         [](const VaultSettings& settings) { return settings.mount; }}},
    {{.key = "role",
      .form = FieldForm::text,
      .identity = Identity::of_lease,
      .shown = Shown::always,
      .flag = "role",
      .help = "the engine's role to lease from",
      .needed = ""},
     FieldCode<VaultSettings>{read_role,
                              [](const VaultSettings& settings) { return settings.role; }}},
    {{.key = "cluster-role-binding",
      .form = FieldForm::truth,
      .identity = Identity::of_lease,
      .shown = Shown::if_set,
      .flag = "cluster-role-binding",
      .help = "bind the role in the whole cluster, where it is a ClusterRole"},
     &VaultSettings::cluster_role_binding},
    {{.key = "service-account",
      .form = FieldForm::text,
      .identity = Identity::of_lease,
      .shown = Shown::if_set,
      .flag = "service-account",
      .help = "take tokens of this service account only"},
     &VaultSettings::service_account},
    {kind_facts, FieldCode<VaultSettings>{read_kind, show_kind}},
}};

// What else a token is asked for; in the key by way of the request and the terms.
const std::array<Field<LeaseTerms>, 2> terms_table{{
    {{.key = "audiences",
      .form = FieldForm::list,
      .identity = Identity::of_request,
      .shown = Shown::if_set,
      .flag = "audience",
      .help = "audience of the token, repeatable (default: what the role says)"},
     &LeaseTerms::audiences},
    {{.key = "issuer",
      .form = FieldForm::text,
      .identity = Identity::of_request,
      .shown = Shown::if_set,
      .flag = "issuer",
      .help = "the issuer that tokens must name (default: that of the first one)"},
     &LeaseTerms::issuer},
}};

void read_method(SettingsSection& section, std::string_view key, AuthSettings& auth) {
    const std::string name = section.text(key).value_or("token");
    if (const auto method = parse_auth_method(name))
        auth.method = *method;
    else
        section.fail(key, "unknown way to log in to Vault: " + quoted(name),
                     "ways: " + auth_method_names());
}

constexpr FieldFacts mode_facts{.key = "callback-mode",
                                .form = FieldForm::choice,
                                .identity = Identity::none,
                                .shown = Shown::if_set,
                                .flag = "callback-mode",
                                .help = "oidc: where the browser's answer goes: client (the "
                                        "default), direct or device",
                                .choices = "client direct device"};

void read_mode(SettingsSection& section, std::string_view, AuthSettings& auth) {
    const std::string mode = read_text_field(section, mode_facts, {});
    auth.callback_mode = mode == "direct"   ? CallbackMode::direct
                         : mode == "device" ? CallbackMode::device
                                            : CallbackMode::client;
}

std::string show_mode(const AuthSettings& auth) {
    return auth.callback_mode == CallbackMode::direct   ? "direct"
           : auth.callback_mode == CallbackMode::device ? "device"
                                                        : "";
}

const std::array<Field<AuthSettings>, 20> auth_table{{
    {{.key = "method",
      .form = FieldForm::choice,
      .identity = Identity::of_login,
      .shown = Shown::always,
      .flag = "auth",
      .help = "how to log in: token (the default), cli, approle, jwt, kubernetes, cert, userpass, "
              "ldap, oidc, aws, gcp, azure",
      .choices = "token cli approle jwt kubernetes cert userpass ldap oidc aws gcp azure"},
     FieldCode<AuthSettings>{
         read_method, [](const AuthSettings& auth) { return std::string(to_text(auth.method)); }}},
    {who_facts("mount", FieldForm::text, "auth-mount",
               "where the auth method is mounted (default: its name)"),
     FieldCode<AuthSettings>{[](SettingsSection& section, std::string_view key,
                                AuthSettings& auth) { auth.mount = read_path(section, key); },
                             [](const AuthSettings& auth) { return auth.mount; }}},
    {who_facts("vault-namespace", FieldForm::text, "auth-vault-namespace",
               "the server's namespace to log in to (default: that of the engine; root for none)"),
     FieldCode<AuthSettings>{[](SettingsSection& section, std::string_view key,
                                AuthSettings& auth) { auth.space = read_space(section, key); },
                             [](const AuthSettings& auth) { return auth.space; }}},
    {who_facts("role", FieldForm::text, "auth-role",
               "jwt, oidc, kubernetes, cert, aws, gcp, azure: the auth method's role"),
     &AuthSettings::role},
    {who_facts("role-id", FieldForm::text, "role-id", "approle: the role id"),
     &AuthSettings::role_id},
    {way_facts("secret-id-file", FieldForm::path, "secret-id-file",
               "approle: file with the secret id (default: VAULT_SECRET_ID, or what 'leasehold "
               "login' keeps)"),
     &AuthSettings::secret_id_file},
    {way_facts("secret-id-wrapped", FieldForm::truth, "secret-id-wrapped",
               "approle: what is there is a wrapping token, good for one unwrapping"),
     &AuthSettings::secret_id_wrapped},
    {who_facts("jwt-file", FieldForm::path, "jwt-file", "jwt, kubernetes: file with the token"),
     &AuthSettings::jwt_file},
    {who_facts("jwt-variable", FieldForm::text, "jwt-variable",
               "jwt: environment variable with the token"),
     &AuthSettings::jwt_variable},
    {way_facts("audience", FieldForm::text, "jwt-audience", "jwt on GitHub: audience of the token"),
     &AuthSettings::audience},
    {who_facts("username", FieldForm::text, "username", "userpass, ldap: the user's name"),
     &AuthSettings::username},
    {way_facts("password-file", FieldForm::path, "password-file",
               "userpass, ldap: file with the password"),
     &AuthSettings::password_file},
    {who_facts("token-file", FieldForm::path, "token-file", "token: file with the token"),
     &AuthSettings::token_file},
    {way_facts("region", FieldForm::slug, "aws-region",
               "aws: region of the STS that the server asks (default us-east-1)"),
     &AuthSettings::region},
    {way_facts("server-id-header", FieldForm::text, "server-id-header",
               "aws: value of X-Vault-AWS-IAM-Server-ID, which the mount may want"),
     &AuthSettings::server_id_header},
    {machine_credentials_facts, &AuthSettings::machine_credentials},
    {resource_facts, &AuthSettings::resource},
    {metadata_endpoint_facts, &AuthSettings::metadata_endpoint},
    {mode_facts, FieldCode<AuthSettings>{read_mode, show_mode}},
    {way_facts("callback-port", FieldForm::text, "callback-port",
               "oidc: port that the browser comes back to (default 8250)"),
     &AuthSettings::callback_port},
}};

} // namespace

std::span<const Field<VaultSettings>> server_fields() {
    return server_table;
}

std::span<const Field<LeaseTerms>> terms_fields() {
    return terms_table;
}

std::span<const Field<AuthSettings>> auth_fields() {
    return auth_table;
}

} // namespace leasehold::lease::vault
