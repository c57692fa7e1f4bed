// A signed request of a user of Oracle Cloud for their own record, which whoever gets it can send
// on to learn who signed it; nobody can do anything else with it.
// https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/base/secret.hpp"

#include <string>

namespace leasehold::lease::identity {

// An API key of a user.
struct OciKey {
    std::string tenancy;     // its OCID
    std::string user;        // likewise
    std::string fingerprint; // of the public key: "20:3b:97:..."
    std::string region;      // "eu-frankfurt-1"
    std::string file;        // where the key lies, for messages
    Secret pem;
    Secret passphrase; // empty: none

    // Which key of whom.
    [[nodiscard]] std::string id() const { return tenancy + '/' + user + '/' + fingerprint; }
};

struct OciGet {
    std::string host;
    std::string target; // path and query
    std::string date;   // as HTTP has it
};
// The header Authorization of a GET.
[[nodiscard]] Result<std::string> oci_authorization(const OciKey& key, const OciGet& request);

struct OciSignedRequest {
    std::string user;
    std::string key_id;
    Secret headers; // authorization, date and host, as one JSON object
};

// GET https://identity.REGION.oraclecloud.com/20160918/users/USER, signed for `now`.
[[nodiscard]] Result<OciSignedRequest> sign_oci_identity(const OciKey& key, UnixTime now);

} // namespace leasehold::lease::identity
