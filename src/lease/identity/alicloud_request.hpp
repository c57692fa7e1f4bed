// A signed request to Alibaba Cloud's GetCallerIdentity, which whoever gets it can send on to learn
// who signed it; nobody can do anything else with it.
// https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
#pragma once

#include "src/base/clock.hpp"
#include "src/base/secret.hpp"

#include <map>
#include <string>

namespace leasehold::lease::identity {

// Names and values of a request in RPC style.
using RpcParameters = std::map<std::string, std::string>;

// Of a GET with these parameters: HMAC-SHA1, in base64.
[[nodiscard]] std::string alicloud_signature(const RpcParameters& parameters, const Secret& secret);

struct AlicloudKey {
    std::string id;
    Secret secret;
};

// All parameters of the request with their signature, made at `now`. `nonce` is for this request
// alone.
[[nodiscard]] RpcParameters sign_alicloud_identity(const AlicloudKey& key, UnixTime now,
                                                   const std::string& nonce);

} // namespace leasehold::lease::identity
