// From the certificate that a server shows to an anchor, as Go's crypto/x509 finds the way: every
// certificate of the issuer's name is tried, and key identifiers only say which one first.
#pragma once

#include "src/http/anchors.hpp"

#include <openssl/x509_vfy.h>

#include <optional>
#include <string>

namespace leasehold::http {

// Why a server is not believed.
struct ChainFault {
    int code = X509_V_OK;  // X509_V_ERR_…; X509_V_ERR_STORE_LOOKUP: there is no anchor at all
    std::string authority; // the subject of the certificate at fault, if it is not the server's own
};

// Empty if one chain is good from the server's certificate `leaf` for `host`, through what else the
// server has `sent`, to one of the anchors, which are looked for further while there is none.
[[nodiscard]] std::optional<ChainFault> judge_server(X509* leaf, const STACK_OF(X509) * sent,
                                                     Anchors& anchors, const std::string& host);

} // namespace leasehold::http
