#include "src/lease/vault/settings/settings.hpp"

#include "src/base/hostile_text.hpp"
#include "src/lease/settings/proof_fields.hpp"
#include "src/lease/settings/server_address.hpp"
#include "src/lease/vault/settings/fields.hpp"

#include <algorithm>

namespace leasehold::lease::vault {
namespace {

constexpr std::string_view own = "vault";
constexpr std::string_view own_auth = "vault.auth";

void check_auth(SettingsSection& section, const AuthSettings& auth) {
    const std::string_view name = to_text(auth.method);
    switch (auth.method) {
    case AuthMethod::approle:
        need_for_login(section, "role-id", auth.role_id, name,
                       "read auth/approle/role/NAME/role-id tells it");
        break;
    case AuthMethod::userpass:
    case AuthMethod::ldap:
        need_for_login(section, "username", auth.username, name);
        break;
    case AuthMethod::kubernetes:
    case AuthMethod::aws:
    case AuthMethod::gcp:
    case AuthMethod::azure:
        need_for_login(section, "role", auth.role, name,
                       "it is a role of the auth mount, not of the engine");
        break;
    case AuthMethod::token:
    case AuthMethod::cli:
    case AuthMethod::jwt:
    case AuthMethod::cert:
    case AuthMethod::oidc:
        break;
    }
    check_jwt_source(section, auth);
    const bool port = std::all_of(auth.callback_port.begin(), auth.callback_port.end(),
                                  [](char c) { return c >= '0' && c <= '9'; }) &&
                      auth.callback_port.size() <= 5;
    if (!port)
        section.fail("callback-port", quoted(section.path_of("callback-port")) + " is no port");
}

void check_certificate(SettingsSection& section, const VaultSettings& settings) {
    if (settings.client_certificate.empty() != settings.client_key.empty())
        section.fail(settings.client_key.empty() ? "client-certificate" : "client-key",
                     "client-certificate and client-key go together");
    if (settings.auth.method == AuthMethod::cert)
        need_for_login(section, "client-certificate", settings.client_certificate, "cert");
}

void check_kind(SettingsSection& section, VaultSettings& settings) {
    if (settings.service_account.empty())
        return;
    if (settings.kind == RoleKind::dynamic)
        section.fail("service-account", "the account of a dynamic role has another name each time",
                     "leave service-account out, or set credential: static");
    settings.kind = RoleKind::static_;
}

} // namespace

VaultSettings read_settings(SettingsSection section, const SettingsPaths& paths,
                            LeaseTerms& terms) {
    VaultSettings settings;
    read_fields(section, server_fields(), paths, settings);
    read_fields(section, terms_fields(), paths, terms);
    check_audiences(section, terms.audiences);
    if (auto space = read_namespace(section, "namespace"))
        terms.namespaces = {*std::move(space)};
    SettingsSection auth = section.section("auth");
    read_fields(auth, auth_fields(), paths, settings.auth);
    // Where nothing else is said, the login is where the engine is, under the method's own name.
    if (!auth.has("vault-namespace"))
        settings.auth.space = settings.space;
    if (settings.auth.mount.empty())
        settings.auth.mount = to_text(settings.auth.method);
    check_auth(auth, settings.auth);
    check_certificate(section, settings);
    check_kind(section, settings);
    auth.finish();
    section.finish();
    return settings;
}

Result<Url> parse_address(std::string_view text) {
    LEASEHOLD_TRY_ASSIGN(Url address, parse_server_address(text, "the address of Vault"));
    if (address.path.ends_with("/v1"))
        address.path.resize(address.path.size() - 3);
    return address;
}

std::string creds_path(const VaultSettings& settings) {
    return settings.mount + "/creds/" + settings.role;
}

Fields settings_identity(const VaultSettings& settings, Identity::Role role) {
    Fields fields;
    identify_fields(own, server_fields(), settings, role, fields);
    identify_fields(own_auth, auth_fields(), settings.auth, role, fields);
    return fields;
}

Fields shown_settings(const VaultSettings& settings, const LeaseTerms& terms) {
    Fields shown;
    show_fields(own, server_fields(), settings, shown);
    shown.emplace_back("vault.namespace", terms.default_namespace());
    show_fields(own, terms_fields(), terms, shown);
    show_fields(own_auth, auth_fields(), settings.auth, shown);
    return shown;
}

std::string leased(const VaultSettings& settings) {
    return settings.mount + ' ' + settings.role;
}

std::vector<FieldGroup> setting_groups() {
    return {group_of(own, server_fields()), group_of(own, terms_fields()),
            group_of(own_auth, auth_fields())};
}

} // namespace leasehold::lease::vault
