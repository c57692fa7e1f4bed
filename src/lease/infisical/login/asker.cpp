#include "src/lease/infisical/login/asker.hpp"

#include "src/lease/identity/jwt_source.hpp"

#include <initializer_list>

namespace leasehold::lease::infisical {
namespace {

using identity::Asker;
using identity::AskerSurroundings;
using Names = std::initializer_list<std::string_view>;

// The file that is named, else the variables that the SDKs know.
void add_secret(const std::string& file, Names variables, const AskerSurroundings& around,
                Asker& asker) {
    if (!file.empty())
        return identity::add_token_file(file, around, asker);
    for (const std::string_view name : variables)
        identity::add_token_variable(name, around, asker);
}

void add_jwt(const AuthSettings& auth, Names usual, const AskerSurroundings& around, Asker& asker) {
    if (!auth.jwt_variable.empty())
        return identity::add_token_variable(auth.jwt_variable, around, asker);
    add_secret(auth.jwt_file, usual, around, asker);
}

} // namespace

Asker asker_of(const AuthSettings& auth, const AskerSurroundings& around) {
    Asker asker;
    switch (auth.method) {
    case AuthMethod::universal:
        add_secret(auth.client_secret_file,
                   {"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", "INFISICAL_UNIVERSAL_CLIENT_SECRET"},
                   around, asker);
        break;
    case AuthMethod::kubernetes:
        identity::add_token_file(auth.jwt_file.empty() ? std::string(identity::pod_token_file)
                                                       : auth.jwt_file,
                                 around, asker);
        break;
    case AuthMethod::oidc:
        // GitHub makes the JWT when it is asked; what a job may ask with is its own.
        add_jwt(auth,
                {"INFISICAL_OIDC_AUTH_JWT", "INFISICAL_JWT", "ACTIONS_ID_TOKEN_REQUEST_URL",
                 "ACTIONS_ID_TOKEN_REQUEST_TOKEN"},
                around, asker);
        break;
    case AuthMethod::jwt:
    case AuthMethod::spiffe:
        add_jwt(auth, {"INFISICAL_JWT"}, around, asker);
        break;
    case AuthMethod::token:
        add_secret(
            auth.token_file,
            {"INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN", "INFISICAL_TOKEN", "INFISICAL_ACCESS_TOKEN"},
            around, asker);
        break;
    case AuthMethod::ldap:
        add_secret(auth.password_file, {"INFISICAL_LDAP_PASSWORD"}, around, asker);
        break;
    case AuthMethod::aws:
        for (const std::string_view name :
             {"AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE"})
            identity::add_token_variable(name, around, asker);
        break;
    case AuthMethod::azure:
    case AuthMethod::gcp:
    case AuthMethod::cli:
        break;
    }
    return asker;
}

} // namespace leasehold::lease::infisical
