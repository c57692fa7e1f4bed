#include "src/lease/identity/proof_asker.hpp"

#include "src/lease/identity/jwt_source.hpp"

namespace leasehold::lease::identity {
namespace {

void add_variables(VariableNames names, const AskerSurroundings& around, Asker& asker) {
    for (const std::string_view name : names)
        add_token_variable(name, around, asker);
}

} // namespace

void add_secret(const std::string& file, VariableNames variables, const AskerSurroundings& around,
                Asker& asker) {
    if (!file.empty())
        return add_token_file(file, around, asker);
    add_variables(variables, around, asker);
}

void add_given_jwt(const ProofSettings& settings, VariableNames usual,
                   const AskerSurroundings& around, Asker& asker) {
    if (!settings.jwt_variable.empty())
        return add_token_variable(settings.jwt_variable, around, asker);
    add_secret(settings.jwt_file, usual, around, asker);
}

void add_job_jwt(const ProofSettings& settings, VariableNames usual,
                 const AskerSurroundings& around, Asker& asker) {
    add_given_jwt(settings, usual, around, asker);
    if (settings.jwt_variable.empty() && settings.jwt_file.empty())
        add_github_job(around, asker);
}

void add_github_job(const AskerSurroundings& around, Asker& asker) {
    add_variables({"ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"}, around,
                  asker);
}

void add_pod_jwt(const ProofSettings& settings, const AskerSurroundings& around, Asker& asker) {
    add_token_file(pod_jwt_file(settings.jwt_file), around, asker);
}

void add_aws(const AskerSurroundings& around, Asker& asker) {
    add_variables({"AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE"}, around,
                  asker);
}

} // namespace leasehold::lease::identity
