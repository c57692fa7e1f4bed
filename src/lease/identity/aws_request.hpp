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

// A POST.
struct AwsSignedRequest {
    std::string url;
    std::string body;
    Secret headers; // all that are signed and the signature, as one JSON object
};

// POST https://sts.REGION.amazonaws.com/, signed for `now`. `also_signed` are headers by which the
// receiver knows that the request was made for it; their names are in lower case.
[[nodiscard]] AwsSignedRequest
sign_caller_identity(const AwsCredentials& credentials, const std::string& region, UnixTime now,
                     const std::vector<http::Header>& also_signed = {});

} // namespace leasehold::lease::identity
