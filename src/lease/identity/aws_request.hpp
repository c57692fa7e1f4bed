// A signed request to AWS's GetCallerIdentity, which whoever gets it can send on to learn who
// signed it; nobody can do anything else with it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include "src/base/clock.hpp"
#include "src/base/secret.hpp"
#include "src/http/client.hpp"

#include <string>
#include <vector>

namespace leasehold::lease::identity {

struct AwsCredentials {
    std::string key_id;
    Secret secret_key;
    Secret session_token; // empty: none
};

// Where STS is asked, and for which region a request to it is signed.
struct AwsSts {
    std::string region;
    std::string host;
};

// sts.REGION.amazonaws.com
[[nodiscard]] AwsSts regional_sts(std::string region);
// As AWS's own tools find it: us-east-1 has the host without a region, and China a domain of its
// own.
[[nodiscard]] AwsSts usual_sts(std::string region);

// A POST.
struct AwsSignedRequest {
    std::string url;
    std::string body;
    Secret headers; // all that are signed and the signature, as one JSON object
    // Tells the credentials from others; no secret and no way back to one.
    std::string fingerprint;
};

// A POST to the root of that host, signed for `now`. `also_signed` are headers by which the
// receiver knows that the request was made for it; their names are in lower case.
[[nodiscard]] AwsSignedRequest
sign_caller_identity(const AwsCredentials& credentials, const AwsSts& sts, UnixTime now,
                     const std::vector<http::Header>& also_signed = {});

} // namespace leasehold::lease::identity
