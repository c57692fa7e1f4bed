#include "src/lease/infisical/settings/settings.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"
#include "src/lease/settings/proof_fields.hpp"

#include <algorithm>
#include <array>

namespace leasehold::lease::infisical {
namespace {

std::string lower(std::string text) {
    for (char& c : text)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

void read_site(SettingsSection& section, std::string_view key, InfisicalSettings& settings) {
    if (auto site = parse_site(section.text(key).value_or(std::string(default_site))))
        settings.site = *std::move(site);
    else
        section.fail(key, site.error().message, site.error().hint);
}

void read_folder(SettingsSection& section, std::string_view key, InfisicalSettings& settings) {
    std::string folder = section.text(key).value_or("/");
    if (!folder.starts_with('/'))
        section.fail(key, "\"infisical.path\" must begin with /: " + quoted(folder));
    while (folder.size() > 1 && folder.ends_with('/'))
        folder.pop_back();
    settings.path = std::move(folder);
}

constexpr FieldFacts secret_facts{.key = "dynamic-secret",
                                  .form = FieldForm::slug,
                                  .identity = Identity::of_lease,
                                  .shown = Shown::always,
                                  .flag = "dynamic-secret",
                                  .help = "the Kubernetes dynamic secret to lease",
                                  .needed = ""};
constexpr FieldFacts route_facts{.key = "route",
                                 .form = FieldForm::choice,
                                 .identity = Identity::none,
                                 .shown = Shown::always,
                                 .choices = "generic kubernetes"};

constexpr FieldFacts credential_facts{
    .key = "credential-type",
    .form = FieldForm::choice,
    .identity = Identity::none,
    .shown = Shown::if_set,
    .flag = "credential-type",
    .help = "what the definition makes: static or dynamic (setup reads it, where it may)",
    .choices = "static dynamic"};
constexpr FieldFacts session_facts{.key = "keep-session",
                                   .form = FieldForm::text,
                                   .identity = Identity::none,
                                   .shown = Shown::always,
                                   .flag = "keep-session",
                                   .help = "keep a login's session no longer than this (default "
                                           "1d, at most 30d)"};

void read_session_time(SettingsSection& section, std::string_view key,
                       InfisicalSettings& settings) {
    settings.keep_session = section.duration(key).value_or(usual_session);
    if (settings.keep_session < Seconds(60) || settings.keep_session > longest_session)
        section.fail(key, "\"infisical.keep-session\" must be between 1m and 30d");
}

// The first is what `setup` learns and puts at the head of the section.
const std::array<Field<InfisicalSettings>, 12> site_table{{
    {credential_facts, &InfisicalSettings::credential_type},
    {{.key = "site",
      .form = FieldForm::url,
      .identity = Identity::of_login,
      .shown = Shown::always,
      .flag = "site",
      .help = "the site (default https://app.infisical.com)",
      .variables = {"INFISICAL_DOMAIN", "INFISICAL_API_URL"}},
     FieldCode<InfisicalSettings>{read_site, site_text}},
    {{.key = "certificate-authority",
      .form = FieldForm::path,
      .identity = Identity::of_login,
      .shown = Shown::always,
      .flag = "site-certificate-authority",
      .help = "PEM file of the site's CA",
      .unset = "(the system's)"},
     &InfisicalSettings::ca_file},
    {{.key = "proxy-url",
      .form = FieldForm::proxy_url,
      .identity = Identity::none,
      .shown = Shown::always,
      .flag = "site-proxy-url",
      .help = "proxy on the way to the site"},
     &InfisicalSettings::proxy},
    {{.key = "project-slug",
      .form = FieldForm::slug,
      .identity = Identity::of_lease,
      .shown = Shown::always,
      .flag = "project-slug",
      .help = "the project, by its slug and not its id",
      .needed = "it is the slug and not the id: see the project's settings"},
     &InfisicalSettings::project_slug},
    {{.key = "environment",
      .form = FieldForm::slug,
      .identity = Identity::of_lease,
      .shown = Shown::always,
      .flag = "environment",
      .help = "the environment's slug",
      .variables = {"INFISICAL_ENVIRONMENT"},
      .needed = ""},
     &InfisicalSettings::environment},
    {{.key = "path",
      .form = FieldForm::text,
      .identity = Identity::of_lease,
      .shown = Shown::always,
      .flag = "path",
      .help = "the folder (default /)",
      .variables = {"INFISICAL_SECRET_PATH"}},
     FieldCode<InfisicalSettings>{read_folder,
                                  [](const InfisicalSettings& settings) { return settings.path; }}},
    {secret_facts, FieldCode<InfisicalSettings>{
                       [](SettingsSection& section, std::string_view, InfisicalSettings& settings) {
                           settings.dynamic_secret =
                               lower(read_text_field(section, secret_facts, {}));
                       },
                       [](const InfisicalSettings& settings) { return settings.dynamic_secret; }}},
    {{.key = "service-account",
      .form = FieldForm::text,
      .identity = Identity::of_lease,
      .shown = Shown::if_set,
      .flag = "expect-account",
      .help = "refuse leases for any service account but this one"},
     &InfisicalSettings::service_account},
    {{.key = "organization-slug",
      .form = FieldForm::slug,
      .identity = Identity::of_login,
      .shown = Shown::always,
      .flag = "organization-slug",
      .help = "the sub-organisation to log in to",
      .variables = {"INFISICAL_AUTH_ORGANIZATION_SLUG"}},
     &InfisicalSettings::organization_slug},
    {session_facts, FieldCode<InfisicalSettings>{read_session_time,
                                                 [](const InfisicalSettings& settings) {
                                                     return format_duration(settings.keep_session);
                                                 }}},
    {route_facts, FieldCode<InfisicalSettings>{
                      [](SettingsSection& section, std::string_view, InfisicalSettings& settings) {
                          settings.kubernetes_route =
                              read_text_field(section, route_facts, {}) == "kubernetes";
                      },
                      [](const InfisicalSettings& settings) {
                          return std::string(settings.kubernetes_route ? "kubernetes" : "generic");
                      }}},
}};

void read_method(SettingsSection& section, std::string_view key, AuthSettings& auth) {
    const std::string name = section.text(key).value_or("universal");
    if (const auto method = parse_auth_method(name))
        auth.method = *method;
    else
        section.fail(key, "unknown way to log in to Infisical: " + quoted(name),
                     "ways: " + auth_method_names());
}

const std::array<Field<AuthSettings>, 22> auth_table{{
    {{.key = "method",
      .form = FieldForm::choice,
      .identity = Identity::of_login,
      .shown = Shown::always,
      .flag = "auth",
      .help = "how to log in: universal (the default), kubernetes, oidc, jwt, spiffe, token, "
              "ldap, aws, azure, gcp, gcp-iam, oci, alicloud, tls-cert, cli",
      .choices = "universal kubernetes oidc jwt spiffe token ldap aws azure gcp gcp-iam oci "
                 "alicloud tls-cert cli"},
     FieldCode<AuthSettings>{
         read_method, [](const AuthSettings& auth) { return std::string(to_text(auth.method)); }}},
    {who_facts("client-id", FieldForm::text, "client-id", "universal: the client id",
               {"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID"}),
     &AuthSettings::client_id},
    {way_facts("client-secret-file", FieldForm::path, "client-secret-file",
               "universal: file with the client secret (default: what 'leasehold login' keeps)"),
     &AuthSettings::client_secret_file},
    {who_facts("identity-id", FieldForm::text, "identity-id", "the machine identity's id",
               {"INFISICAL_MACHINE_IDENTITY_ID"}),
     &AuthSettings::identity_id},
    {who_facts("jwt-file", FieldForm::path, "jwt-file",
               "kubernetes, oidc, jwt, spiffe: file with the token"),
     &AuthSettings::jwt_file},
    {who_facts("jwt-variable", FieldForm::text, "jwt-variable",
               "oidc, jwt, spiffe: environment variable with the token"),
     &AuthSettings::jwt_variable},
    {way_facts("audience", FieldForm::text, "jwt-audience",
               "oidc on GitHub, gcp: audience of the token"),
     &AuthSettings::audience},
    {who_facts("username", FieldForm::text, "username", "ldap: the user's name",
               {"INFISICAL_LDAP_USERNAME"}),
     &AuthSettings::username},
    {way_facts("password-file", FieldForm::path, "password-file", "ldap: file with the password"),
     &AuthSettings::password_file},
    {who_facts("token-file", FieldForm::path, "access-token-file",
               "token: file with the access token"),
     &AuthSettings::token_file},
    {region_facts, &AuthSettings::region},
    {machine_credentials_facts, &AuthSettings::machine_credentials},
    {resource_facts, &AuthSettings::resource},
    {metadata_endpoint_facts, &AuthSettings::metadata_endpoint},
    {way_facts("service-account-key-file", FieldForm::path, "service-account-key-file",
               "gcp-iam: the service account's key, a JSON file",
               {"INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH"}),
     &AuthSettings::account_key_file},
    {oci_config_facts, &AuthSettings::oci_config},
    {oci_section_facts, &AuthSettings::oci_section},
    {access_key_id_facts, &AuthSettings::access_key_id},
    {access_key_secret_facts, &AuthSettings::access_key_secret_file},
    {way_facts("client-certificate", FieldForm::path, "site-client-certificate",
               "tls-cert: PEM file of the client certificate"),
     &AuthSettings::client_certificate},
    {way_facts("client-key", FieldForm::path, "site-client-key", "tls-cert: PEM file of its key"),
     &AuthSettings::client_key},
    {who_facts("email", FieldForm::text, "email", "cli: whose login (default: who is logged in)"),
     &AuthSettings::email},
}};

constexpr std::string_view own = "infisical";
constexpr std::string_view own_auth = "infisical.auth";

// What a method needs beside the identity's id.
void check_own_fields(SettingsSection& section, const AuthSettings& auth) {
    const std::string_view name = to_text(auth.method);
    if (auth.method == AuthMethod::ldap)
        need_for_login(section, "username", auth.username, name);
    if (auth.method == AuthMethod::gcp_iam)
        need_for_login(section, "service-account-key-file", auth.account_key_file, name);
    if (auth.method == AuthMethod::alicloud)
        need_for_login(section, "access-key-id", auth.access_key_id, name);
    if (auth.method != AuthMethod::tls_cert)
        return;
    need_for_login(section, "client-certificate", auth.client_certificate, name);
    need_for_login(section, "client-key", auth.client_key, name);
}

void check_auth(SettingsSection& section, const AuthSettings& auth) {
    const std::string_view name = to_text(auth.method);
    switch (auth.method) {
    case AuthMethod::universal:
        need_for_login(section, "client-id", auth.client_id, name,
                       "it stands in Infisical under Machine identities, Universal Auth");
        break;
    case AuthMethod::ldap:
    case AuthMethod::gcp_iam:
    case AuthMethod::alicloud:
    case AuthMethod::tls_cert:
        check_own_fields(section, auth);
        [[fallthrough]];
    case AuthMethod::kubernetes:
    case AuthMethod::oidc:
    case AuthMethod::jwt:
    case AuthMethod::spiffe:
    case AuthMethod::aws:
    case AuthMethod::azure:
    case AuthMethod::gcp:
    case AuthMethod::oci:
        need_for_login(section, "identity-id", auth.identity_id, name,
                       "it stands in Infisical under Machine identities, Details");
        break;
    case AuthMethod::token:
    case AuthMethod::cli:
        break;
    }
    check_jwt_source(section, auth);
}

} // namespace

InfisicalSettings read_settings(SettingsSection section, const SettingsPaths& paths,
                                LeaseTerms& terms) {
    InfisicalSettings settings;
    read_fields(section, std::span<const Field<InfisicalSettings>>(site_table), paths, settings);
    if (auto space = read_namespace(section, "namespace"))
        terms.namespaces = {*std::move(space)};
    SettingsSection auth = section.section("auth");
    read_fields(auth, std::span<const Field<AuthSettings>>(auth_table), paths, settings.auth);
    check_auth(auth, settings.auth);
    auth.finish();
    section.finish();
    return settings;
}

Result<InfisicalSettings> parse_settings(std::string_view yaml, const std::string& name,
                                         const SettingsPaths& paths) {
    LEASEHOLD_TRY_ASSIGN(const YamlNode document,
                         parse_yaml(yaml, name, {.limit = 1 << 20, .aliases = false}));
    SettingsContext context{name, std::nullopt, {}};
    LeaseTerms terms;
    InfisicalSettings settings =
        read_settings(SettingsSection(context, &document, "").section("infisical"), paths, terms);
    if (context.error)
        return *std::move(context.error);
    return settings;
}

Fields settings_identity(const InfisicalSettings& settings, Identity::Role role) {
    Fields fields;
    identify_fields(own, std::span<const Field<InfisicalSettings>>(site_table), settings, role,
                    fields);
    identify_fields(own_auth, std::span<const Field<AuthSettings>>(auth_table), settings.auth, role,
                    fields);
    return fields;
}

Fields shown_settings(const InfisicalSettings& settings, const LeaseTerms& terms) {
    Fields shown;
    show_fields(own, std::span<const Field<InfisicalSettings>>(site_table), settings, shown);
    shown.emplace_back("infisical.namespace", terms.default_namespace());
    show_fields(own_auth, std::span<const Field<AuthSettings>>(auth_table), settings.auth, shown);
    return shown;
}

std::string leased(const InfisicalSettings& settings) {
    return settings.project_slug + '/' + settings.environment + ' ' + settings.dynamic_secret;
}

std::vector<FieldGroup> setting_groups() {
    return {group_of(own, std::span<const Field<InfisicalSettings>>(site_table)),
            group_of(own_auth, std::span<const Field<AuthSettings>>(auth_table))};
}

} // namespace leasehold::lease::infisical
