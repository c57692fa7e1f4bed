// Asking the API server whether it still takes a token or a client certificate.
#pragma once

#include "src/base/environment.hpp"
#include "src/base/key_pair.hpp"
#include "src/lease/kubernetes/api/server.hpp"
#include "src/lease/terms/cluster.hpp"

namespace leasehold::lease {

enum class TokenVerdict {
    taken,   // the server takes it
    refused, // 401: it is worthless
    unknown, // the server did not say
};

// One SelfSubjectReview with the token or pair itself, to that cluster and nobody else; a server
// that does not know that resource (before 1.28) is asked for its API groups instead.
[[nodiscard]] TokenVerdict check_token(const ClusterSettings& cluster,
                                       const Environment& environment, const Connector& connect,
                                       const Secret& token, Deadline deadline,
                                       const KeyPair& pair = {});

} // namespace leasehold::lease
