#include "src/lease/identity/proof_source.hpp"

#include "src/base/random.hpp"
#include "src/lease/identity/aws_credentials.hpp"
#include "src/lease/identity/cloud_metadata.hpp"
#include "src/lease/identity/github_actions.hpp"
#include "src/lease/identity/google_key.hpp"
#include "src/lease/identity/jwt_source.hpp"
#include "src/lease/identity/oci_config.hpp"

namespace leasehold::lease::identity {

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

Result<AwsSts> ProofSource::aws_region() const {
    LEASEHOLD_TRY_ASSIGN(std::string region,
                         find_aws_region(settings_.region, around_.environment));
    return regional_sts(std::move(region));
}

Result<AwsSignedRequest>
ProofSource::aws_request(std::string_view machine_setting, const AwsSts& sts,
                         const std::vector<http::Header>& also_signed) const {
    const AwsSource source{.machine = settings_.machine_credentials,
                           .machine_setting = machine_setting,
                           .metadata_endpoint = settings_.metadata_endpoint};
    LEASEHOLD_TRY_ASSIGN(const AwsCredentials credentials,
                         find_aws_credentials(source, around_, deadline_));
    return sign_caller_identity(credentials, sts, around_.clock.now().wall, also_signed);
}

Result<FoundJwt> ProofSource::google_key_jwt(const std::string& audience) const {
    LEASEHOLD_TRY_ASSIGN(const GoogleKey key, read_google_key(settings_.account_key_file));
    LEASEHOLD_TRY_ASSIGN(Secret jwt, sign_google_jwt(key, audience, around_.clock.now().wall));
    return FoundJwt{std::move(jwt)};
}

Result<OciSignedRequest> ProofSource::oci_request() const {
    LEASEHOLD_TRY_ASSIGN(const OciKey key,
                         find_oci_key({settings_.oci_config, settings_.oci_section, around_.home}));
    return sign_oci_identity(key, around_.clock.now().wall);
}

Result<std::optional<AlicloudKey>> ProofSource::alicloud_key(const StoredSecret& kept) const {
    SecretSource source{settings_.access_key_secret_file, "access key secret file", {}, kept};
    // The two variables are a pair: another key's secret is none of ours.
    const std::string id = around_.environment.value("ALIBABA_CLOUD_ACCESS_KEY_ID");
    if (id.empty() || id == settings_.access_key_id)
        source.variables = {"ALIBABA_CLOUD_ACCESS_KEY_SECRET"};
    LEASEHOLD_TRY_ASSIGN(auto secret, find_secret(source, around_.environment));
    if (!secret)
        return std::optional<AlicloudKey>();
    return std::optional(AlicloudKey{settings_.access_key_id, *std::move(secret)});
}

Result<RpcParameters> ProofSource::alicloud_request(const AlicloudKey& key) const {
    const auto nonce = random_hex(16);
    if (!nonce)
        return make_error(ErrorCode::internal, "the kernel gives no random bytes");
    return sign_alicloud_identity(key, around_.clock.now().wall, *nonce);
}

} // namespace leasehold::lease::identity
