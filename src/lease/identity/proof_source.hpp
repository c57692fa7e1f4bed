// Where the parts of a login's proof come from that are the same at every server. Everything is
// read afresh, since tokens are rotated by others.
#pragma once

#include "src/lease/identity/alicloud_request.hpp"
#include "src/lease/identity/aws_request.hpp"
#include "src/lease/identity/login_proof.hpp"
#include "src/lease/identity/oci_request.hpp"
#include "src/lease/identity/secret_source.hpp"
#include "src/lease/identity/surroundings.hpp"
#include "src/lease/settings/proof_settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::lease::identity {

// The proofs that a platform made or makes, by what a profile says of them. Everything must outlive
// it.
class ProofSource {
public:
    ProofSource(const ProofSettings& settings, const Surroundings& around, Deadline deadline)
        : settings_(settings), around_(around), deadline_(deadline) {}

    // In the file or variable that is named, else in one of the usual variables.
    [[nodiscard]] Result<std::optional<FoundJwt>>
    given_jwt(std::vector<std::string_view> usual_variables) const;
    // The same, else what GitHub makes for the job.
    [[nodiscard]] Result<std::optional<FoundJwt>>
    job_jwt(std::vector<std::string_view> usual_variables) const;
    [[nodiscard]] Result<FoundJwt> pod_jwt() const;
    [[nodiscard]] Result<FoundJwt> azure_jwt() const;
    [[nodiscard]] Result<FoundJwt> google_jwt(const std::string& audience) const;
    // The region that the profile names, else the environment's.
    [[nodiscard]] Result<AwsSts> aws_region() const;
    // `machine_setting`: how a profile says machine-credentials, for messages.
    [[nodiscard]] Result<AwsSignedRequest>
    aws_request(std::string_view machine_setting, const AwsSts& sts,
                const std::vector<http::Header>& also_signed = {}) const;
    // A JWT that the service account's key signs here.
    [[nodiscard]] Result<FoundJwt> google_key_jwt(const std::string& audience) const;
    [[nodiscard]] Result<OciSignedRequest> oci_request() const;
    // Empty if there is no secret for the access key; `kept` is what `leasehold login` kept.
    [[nodiscard]] Result<std::optional<AlicloudKey>> alicloud_key(const StoredSecret& kept) const;
    [[nodiscard]] Result<RpcParameters> alicloud_request(const AlicloudKey& key) const;

private:
    const ProofSettings& settings_;
    const Surroundings& around_;
    Deadline deadline_;
};

// What to do where job_jwt() finds none.
inline constexpr std::string_view job_jwt_hint =
    "set jwt-file or jwt-variable in the profile; in GitHub Actions give the job the permission "
    "'id-token: write'";

} // namespace leasehold::lease::identity
