#include "src/lease/identity/proof_asker.hpp"

#include "src/base/files.hpp"
#include "src/lease/identity/google_key.hpp"
#include "src/lease/identity/jwt_source.hpp"
#include "src/lease/identity/oci_config.hpp"

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

void add_oci(const ProofSettings& settings, const AskerSurroundings& around, Asker& asker) {
    const std::string path =
        OciPlace{settings.oci_config, settings.oci_section, around.home}.file();
    asker.files.push_back(path);
    auto text = read_file(path, {.limit = 256 * 1024}, "OCI configuration");
    const OciKey key = text ? read_oci_section(*text, settings.oci_section) : OciKey();
    if (text)
        wipe(*text);
    asker.identity.emplace_back("asker-oci", key.tenancy + '/' + key.user);
    if (!key.file.empty())
        asker.other_files.push_back(key.file.starts_with("~/") ? around.home + key.file.substr(1)
                                                               : key.file);
}

void add_alicloud(const ProofSettings& settings, const AskerSurroundings& around, Asker& asker) {
    // Whose the secret is, the id tells, which is a setting.
    add_secret(settings.access_key_secret_file, {"ALIBABA_CLOUD_ACCESS_KEY_SECRET"}, around, asker);
    asker.other_variables.emplace_back("ALIBABA_CLOUD_ACCESS_KEY_ID");
}

void add_google_key(const ProofSettings& settings, Asker& asker) {
    asker.files.push_back(settings.account_key_file);
    const auto key = read_google_key(settings.account_key_file);
    asker.identity.emplace_back("asker-account", key ? key->account : "unreadable");
}

} // namespace leasehold::lease::identity
