// What the `infisical` provider is told by a profile: which dynamic secret of which project, at
// which site, and how to log in there.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/base/url.hpp"
#include "src/lease/settings/field.hpp"
#include "src/lease/settings/proof_settings.hpp"
#include "src/lease/terms/lease_terms.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leasehold::lease::infisical {

// Of a call: a gateway takes up to 45 s.
inline constexpr Seconds usual_deadline{60};

// A session is worth little to keep: a login makes another.
inline constexpr Seconds usual_session{24 * 3600};
inline constexpr Seconds longest_session{30LL * 24 * 3600};

// How a machine identity, or a person, proves who it is. The values' order is that of `methods`.
enum class AuthMethod {
    universal,
    kubernetes,
    oidc,
    jwt,
    spiffe,
    token,
    ldap,
    aws,
    azure,
    gcp,
    gcp_iam,
    oci,
    alicloud,
    tls_cert,
    cli
};

// One way to log in. Of the other fields each method has its own; none is a secret.
struct AuthSettings : ProofSettings {
    AuthMethod method = AuthMethod::universal;
    std::string client_id;          // universal
    std::string client_secret_file; // universal; empty: the environment or the secret store
    std::string identity_id;        // all but universal, token and cli; gcp*: the usual audience
    std::string email;              // cli; empty: whoever is logged in
    std::string client_certificate; // tls-cert: PEM, shown at the beginning of the connection
    std::string client_key;         // tls-cert: PEM
};

struct InfisicalSettings {
    Url site; // with the path that ends in /api
    std::string ca_file;
    std::optional<Url> proxy;
    std::string project_slug;
    std::string environment;
    std::string path = "/";
    std::string dynamic_secret; // lower case, as the server keeps it
    std::string organization_slug;
    std::string service_account; // whose tokens these are; empty: whose the definition names
    // What the definition makes: tokens of one account ("static"), which live on when a lease is
    // ended, or of an account a lease ("dynamic"), which do not. "": nobody has told.
    std::string credential_type;
    Seconds keep_session = usual_session; // no session is kept for longer
    // Lease by the route for Kubernetes alone, which writes nothing into the site's audit log.
    bool kubernetes_route = false;
    AuthSettings auth;
};

inline constexpr std::string_view default_site = "https://app.infisical.com";

// The name of a method in profiles and on the command line, and back.
[[nodiscard]] std::string_view to_text(AuthMethod method);
[[nodiscard]] std::optional<AuthMethod> parse_auth_method(std::string_view name);
// All names, for messages: "universal, kubernetes, ...".
[[nodiscard]] std::string auth_method_names();
// The names in INFISICAL_AUTH_METHOD, which are longer: "universal-auth", "aws-iam".
[[nodiscard]] std::optional<AuthMethod> parse_auth_method_variable(std::string_view name);

// Reads the profile's section `infisical`. Mistakes go to the section's context. Without a
// namespace the dynamic secret itself chooses.
[[nodiscard]] InfisicalSettings read_settings(SettingsSection section, const SettingsPaths& paths,
                                              LeaseTerms& terms);

// The same of a section without a profile around it; `name` stands for its file in messages.
[[nodiscard]] Result<InfisicalSettings>
parse_settings(std::string_view yaml, const std::string& name, const SettingsPaths& paths);

// A site as people write it, with or without a slash or /api at its end. https only, except on
// loopback.
[[nodiscard]] Result<Url> parse_site(std::string_view text);
// The site as people know it, without /api.
[[nodiscard]] std::string site_text(const InfisicalSettings& settings);

// What tells one login from another (site, organisation and identity), or beside that one dynamic
// secret from another. No secret.
[[nodiscard]] Fields settings_identity(const InfisicalSettings& settings, Identity::Role role);

// What is kept for a method, for people ("client secret"), and the flag of `login` that reads it;
// "" if it needs nothing kept.
[[nodiscard]] std::string_view kept_secret_name(AuthMethod method);
[[nodiscard]] std::string_view kept_secret_flag(AuthMethod method);

// Whether `leasehold login` can keep what logging in needs: no file is named for it.
[[nodiscard]] bool needs_kept_secret(const AuthSettings& auth);

// Each value under its path in the file, for `profile show`.
[[nodiscard]] Fields shown_settings(const InfisicalSettings& settings, const LeaseTerms& terms);

// In a word: "shop/prod deployer".
[[nodiscard]] std::string leased(const InfisicalSettings& settings);

// The rows of the profile's sections.
[[nodiscard]] std::vector<FieldGroup> setting_groups();

} // namespace leasehold::lease::infisical
