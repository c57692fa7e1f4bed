#include "src/lease/identity/login_proof.hpp"

#include "src/base/digest.hpp"
#include "src/base/json.hpp"
#include "src/lease/identity/aws_credentials.hpp"
#include "src/lease/identity/cloud_metadata.hpp"
#include "src/lease/identity/github_actions.hpp"
#include "src/lease/identity/jwt_source.hpp"

namespace leasehold::lease::identity {

void add_text(LoginFields& fields, std::string name, std::string_view text) {
    fields.emplace_back(std::move(name), Secret(text));
}

Secret login_body(const LoginFields& fields) {
    std::string text = "{";
    text.reserve(16 * 1024);
    for (const auto& [name, value] : fields) {
        std::string quoted_value = json_quote(value.reveal());
        text += (text.size() > 1 ? "," : "") + json_quote(name) + ':';
        text += quoted_value;
        wipe(quoted_value);
    }
    text += '}';
    return Secret::take(std::move(text));
}

void add_jwt(LoginProof& proof, FoundJwt jwt) {
    if (jwt.steady)
        proof.fingerprint = sha256_hex(jwt.text.reveal());
    proof.fields.emplace_back("jwt", std::move(jwt.text));
}

Error no_proof(std::string_view what, const std::string& server, std::string hint) {
    return make_error(ErrorCode::denied,
                      "there is no " + std::string(what) + " to log in to " + server + " with",
                      std::move(hint));
}

Result<std::optional<FoundJwt>>
ProofSource::given_jwt(std::vector<std::string_view> usual_variables) const {
    LEASEHOLD_TRY_ASSIGN(auto given, find_jwt({settings_.jwt_file, settings_.jwt_variable,
                                               std::move(usual_variables)},
                                              around_.environment));
    if (!given)
        return std::optional<FoundJwt>();
    return std::optional(FoundJwt{*std::move(given), true});
}

Result<std::optional<FoundJwt>>
ProofSource::job_jwt(std::vector<std::string_view> usual_variables) const {
    LEASEHOLD_TRY_ASSIGN(auto given, given_jwt(std::move(usual_variables)));
    if (given || !can_ask_github(around_.environment))
        return given;
    LEASEHOLD_TRY_ASSIGN(Secret jwt, ask_github_for_jwt(settings_.audience, around_, deadline_));
    return std::optional(FoundJwt{std::move(jwt)});
}

Result<FoundJwt> ProofSource::pod_jwt() const {
    LEASEHOLD_TRY_ASSIGN(Secret jwt,
                         read_jwt_file(pod_jwt_file(settings_.jwt_file), "service account token"));
    return FoundJwt{std::move(jwt), true};
}

Result<FoundJwt> ProofSource::azure_jwt() const {
    const std::string resource =
        settings_.resource.empty() ? std::string(default_azure_resource) : settings_.resource;
    LEASEHOLD_TRY_ASSIGN(
        Secret jwt, ask_azure_for_jwt({resource, settings_.metadata_endpoint}, around_, deadline_));
    return FoundJwt{std::move(jwt)};
}

Result<FoundJwt> ProofSource::google_jwt(const std::string& audience) const {
    LEASEHOLD_TRY_ASSIGN(Secret jwt, ask_google_for_jwt({audience, settings_.metadata_endpoint},
                                                        around_, deadline_));
    return FoundJwt{std::move(jwt)};
}

Result<AwsSignedRequest>
ProofSource::aws_request(std::string_view machine_setting,
                         const std::vector<http::Header>& also_signed) const {
    const AwsSource source{.machine = settings_.machine_credentials,
                           .machine_setting = machine_setting,
                           .metadata_endpoint = settings_.metadata_endpoint};
    LEASEHOLD_TRY_ASSIGN(const AwsCredentials credentials,
                         find_aws_credentials(source, around_, deadline_));
    LEASEHOLD_TRY_ASSIGN(const std::string region,
                         find_aws_region(settings_.region, around_.environment));
    return sign_caller_identity(credentials, region, around_.clock.now().wall, also_signed);
}

} // namespace leasehold::lease::identity
