#include "src/lease/vault/login/asker.hpp"

#include "src/lease/identity/proof_asker.hpp"
#include "src/lease/vault/login/token_file.hpp"

namespace leasehold::lease::vault {
namespace {

using identity::Asker;
using identity::AskerSurroundings;

// The file that is named, else the variable in its two spellings.
void add_own_secret(const std::string& file, identity::VariableNames variables,
                    const AskerSurroundings& around, Asker& asker) {
    identity::add_secret(file, variables, around, asker);
    // They say whom the secret is for.
    if (file.empty())
        asker.other_variables.insert(asker.other_variables.end(), {"BAO_ADDR", "VAULT_ADDR"});
}

} // namespace

Asker asker_of(const VaultSettings& settings, const AskerSurroundings& around) {
    const AuthSettings& auth = settings.auth;
    Asker asker;
    if (!settings.client_certificate.empty())
        identity::add_certificate_file(settings.client_certificate, asker);
    switch (auth.method) {
    case AuthMethod::token:
        add_own_secret(auth.token_file, {"BAO_TOKEN", "VAULT_TOKEN"}, around, asker);
        break;
    case AuthMethod::cli:
        for (const char* name : {"BAO_TOKEN_PATH", "BAO_CONFIG_PATH", "VAULT_CONFIG_PATH"})
            asker.variables.emplace_back(name);
        identity::add_token_file(cli_token_file(around.environment, around.home), around, asker);
        break;
    case AuthMethod::approle:
        add_own_secret(auth.secret_id_file, {"BAO_SECRET_ID", "VAULT_SECRET_ID"}, around, asker);
        break;
    case AuthMethod::userpass:
    case AuthMethod::ldap:
        add_own_secret(auth.password_file, {"BAO_PASSWORD", "VAULT_PASSWORD"}, around, asker);
        break;
    case AuthMethod::jwt:
        identity::add_job_jwt(auth, {"VAULT_ID_TOKEN"}, around, asker);
        break;
    case AuthMethod::kubernetes:
        identity::add_pod_jwt(auth, around, asker);
        break;
    case AuthMethod::aws:
        identity::add_aws(around, asker);
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
