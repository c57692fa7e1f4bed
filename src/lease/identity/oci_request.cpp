#include "src/lease/identity/oci_request.hpp"

#include "src/base/base64.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/time.hpp"
#include "src/http/rsa_signature.hpp"

namespace leasehold::lease::identity {

Result<std::string> oci_authorization(const OciKey& key, const OciGet& request) {
    const std::string text = "date: " + request.date + "\n(request-target): get " + request.target +
                             "\nhost: " + request.host;
    LEASEHOLD_TRY_ASSIGN(const std::string signature,
                         http::sign_rsa_sha256(key.pem, key.passphrase, text, quoted(key.file)));
    return "Signature version=\"1\",headers=\"date (request-target) host\",keyId=\"" + key.id() +
           "\",algorithm=\"rsa-sha256\",signature=\"" + base64_encode(signature) + '"';
}

Result<OciSignedRequest> sign_oci_identity(const OciKey& key, UnixTime now) {
    const OciGet request{.host = "identity." + key.region + ".oraclecloud.com",
                         .target = "/20160918/users/" + key.user,
                         .date = format_http_date(now)};
    LEASEHOLD_TRY_ASSIGN(const std::string authorization, oci_authorization(key, request));
    return OciSignedRequest{key.user, key.id(),
                            Secret::take("{\"authorization\":" + json_quote(authorization) +
                                         ",\"date\":" + json_quote(request.date) +
                                         ",\"host\":" + json_quote(request.host) + '}')};
}

} // namespace leasehold::lease::identity
