#include "src/lease/infisical/login/asker.hpp"

#include "src/lease/identity/proof_asker.hpp"

namespace leasehold::lease::infisical {

using identity::Asker;
using identity::AskerSurroundings;

namespace {

// Of what `leasehold login` may keep, too.
void add_kept_secret(const AuthSettings& auth, const AskerSurroundings& around, Asker& asker) {
    if (auth.method == AuthMethod::universal)
        return identity::add_secret(
            auth.client_secret_file,
            {"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", "INFISICAL_UNIVERSAL_CLIENT_SECRET"}, around,
            asker);
    if (auth.method == AuthMethod::token)
        return identity::add_secret(
            auth.token_file,
            {"INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN", "INFISICAL_TOKEN", "INFISICAL_ACCESS_TOKEN"},
            around, asker);
    if (auth.method == AuthMethod::ldap)
        return identity::add_secret(auth.password_file, {"INFISICAL_LDAP_PASSWORD"}, around, asker);
    identity::add_alicloud(auth, around, asker);
    asker.other_variables.emplace_back("ALIBABA_CLOUD_SECURITY_TOKEN");
}

} // namespace

Asker asker_of(const AuthSettings& auth, const AskerSurroundings& around) {
    Asker asker;
    switch (auth.method) {
    case AuthMethod::universal:
    case AuthMethod::token:
    case AuthMethod::ldap:
    case AuthMethod::alicloud:
        add_kept_secret(auth, around, asker);
        break;
    case AuthMethod::kubernetes:
        identity::add_pod_jwt(auth, around, asker);
        break;
    case AuthMethod::oidc:
        identity::add_job_jwt(auth, {"INFISICAL_OIDC_AUTH_JWT", "INFISICAL_JWT"}, around, asker);
        break;
    case AuthMethod::jwt:
    case AuthMethod::spiffe:
        identity::add_given_jwt(auth, {"INFISICAL_JWT"}, around, asker);
        break;
    case AuthMethod::aws:
        identity::add_aws(around, asker);
        break;
    case AuthMethod::gcp_iam:
        identity::add_google_key(auth, asker);
        break;
    case AuthMethod::oci:
        identity::add_oci(auth, around, asker);
        break;
    case AuthMethod::tls_cert:
        identity::add_certificate_file(auth.client_certificate, asker);
        asker.other_files.push_back(auth.client_key);
        break;
    case AuthMethod::azure:
    case AuthMethod::gcp:
    case AuthMethod::cli:
        break;
    }
    return asker;
}

} // namespace leasehold::lease::infisical
