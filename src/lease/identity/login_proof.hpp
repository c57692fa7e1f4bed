// What a login sends to prove who asks, and where the parts of it come from that are the same at
// every server. Everything is read afresh, since tokens are rotated by others.
#pragma once

#include "src/lease/identity/aws_request.hpp"
#include "src/lease/identity/surroundings.hpp"
#include "src/lease/settings/proof_settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leasehold::lease::identity {

// The fields of a login, some of them secrets.
using LoginFields = std::vector<std::pair<std::string, Secret>>;

void add_text(LoginFields& fields, std::string name, std::string_view text);

// {"name":"value",...}, which no JSON value keeps a copy of.
[[nodiscard]] Secret login_body(const LoginFields& fields);

// What a login sends, or, for the ways without a login, the token itself.
struct LoginProof {
    std::string path; // of the login at the server, as its provider names it
    LoginFields fields;
    Secret token;            // not empty: there is no login
    std::string fingerprint; // tells one secret from another; no secret and no way back to one
};

struct FoundJwt {
    Secret text;
    bool steady = false; // it stays the same until somebody replaces it
};

// The field `jwt`, and the fingerprint of one that is steady.
void add_jwt(LoginProof& proof, FoundJwt jwt);

// ErrorCode::denied: there is no `what` to log in to `server` with.
[[nodiscard]] Error no_proof(std::string_view what, const std::string& server, std::string hint);

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
    // `machine_setting`: how a profile says machine-credentials, for messages.
    [[nodiscard]] Result<AwsSignedRequest>
    aws_request(std::string_view machine_setting,
                const std::vector<http::Header>& also_signed = {}) const;

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
