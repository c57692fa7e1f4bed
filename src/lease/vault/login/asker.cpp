#include "src/lease/vault/login/asker.hpp"

#include "src/lease/identity/jwt_source.hpp"
#include "src/lease/vault/login/token_file.hpp"

#include <initializer_list>

namespace leasehold::lease::vault {
namespace {

using identity::Asker;
using identity::AskerSurroundings;

// The file that is named, else the variable in its two spellings.
void add_secret(const std::string& file, std::initializer_list<std::string_view> variables,
                const AskerSurroundings& around, Asker& asker) {
    if (!file.empty())
        return identity::add_token_file(file, around, asker);
    for (const std::string_view name : variables)
        identity::add_token_variable(name, around, asker);
    // They say whom the secret is for.
    asker.other_variables.insert(asker.other_variables.end(), {"BAO_ADDR", "VAULT_ADDR"});
}

void add_jwt(const AuthSettings& auth, const AskerSurroundings& around, Asker& asker) {
    if (!auth.jwt_variable.empty())
        return identity::add_token_variable(auth.jwt_variable, around, asker);
    if (!auth.jwt_file.empty())
        return identity::add_token_file(auth.jwt_file, around, asker);
    // GitHub makes the JWT when it is asked; what a job may ask with is its own.
    for (const std::string_view name :
         {"VAULT_ID_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"})
        identity::add_token_variable(name, around, asker);
}

void add_aws(const AskerSurroundings& around, Asker& asker) {
    for (const std::string_view name :
         {"AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE"})
        identity::add_token_variable(name, around, asker);
}

} // namespace

Asker asker_of(const VaultSettings& settings, const AskerSurroundings& around) {
    const AuthSettings& auth = settings.auth;
    Asker asker;
    if (!settings.client_certificate.empty())
        identity::add_certificate_file(settings.client_certificate, asker);
    switch (auth.method) {
    case AuthMethod::token:
        add_secret(auth.token_file, {"BAO_TOKEN", "VAULT_TOKEN"}, around, asker);
        break;
    case AuthMethod::cli:
        for (const char* name : {"BAO_TOKEN_PATH", "BAO_CONFIG_PATH", "VAULT_CONFIG_PATH"})
            asker.variables.emplace_back(name);
        identity::add_token_file(cli_token_file(around.environment, around.home), around, asker);
        break;
    case AuthMethod::approle:
        add_secret(auth.secret_id_file, {"BAO_SECRET_ID", "VAULT_SECRET_ID"}, around, asker);
        break;
    case AuthMethod::userpass:
    case AuthMethod::ldap:
        add_secret(auth.password_file, {"BAO_PASSWORD", "VAULT_PASSWORD"}, around, asker);
        break;
    case AuthMethod::jwt:
        add_jwt(auth, around, asker);
        break;
    case AuthMethod::kubernetes:
        identity::add_token_file(auth.jwt_file.empty() ? std::string(identity::pod_token_file)
                                                       : auth.jwt_file,
                                 around, asker);
        break;
    case AuthMethod::aws:
        add_aws(around, asker);
        break;
    case AuthMethod::cert:
    case AuthMethod::oidc:
    case AuthMethod::gcp:
    case AuthMethod::azure:
        break;
    }
    return asker;
}

} // namespace leasehold::lease::vault
