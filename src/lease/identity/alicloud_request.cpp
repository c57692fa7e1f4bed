#include "src/lease/identity/alicloud_request.hpp"

#include "src/base/base64.hpp"
#include "src/base/digest.hpp"
#include "src/base/time.hpp"
#include "src/base/url.hpp"

namespace leasehold::lease::identity {

std::string alicloud_signature(const RpcParameters& parameters, const Secret& secret) {
    std::string query;
    for (const auto& [name, value] : parameters) // in the order of their bytes
        query += (query.empty() ? "" : "&") + percent_encoded(name) + '=' + percent_encoded(value);
    std::string key = std::string(secret.reveal()) + '&';
    const auto digest = hmac_sha1(key, "GET&%2F&" + percent_encoded(query));
    wipe(key);
    return base64_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

RpcParameters sign_alicloud_identity(const AlicloudKey& key, UnixTime now,
                                     const std::string& nonce) {
    RpcParameters parameters{{"AccessKeyId", key.id},
                             {"Action", "GetCallerIdentity"},
                             {"Format", "JSON"},
                             {"SignatureMethod", "HMAC-SHA1"},
                             {"SignatureNonce", nonce},
                             {"SignatureVersion", "1.0"},
                             {"Timestamp", format_rfc3339(now)},
                             {"Version", "2015-04-01"}};
    std::string signature = alicloud_signature(parameters, key.secret);
    parameters.emplace("Signature", std::move(signature));
    return parameters;
}

} // namespace leasehold::lease::identity
