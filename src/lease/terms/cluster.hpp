// The one cluster that may receive a profile's token.
#pragma once

#include "src/base/error.hpp"
#include "src/base/url.hpp"

#include <optional>
#include <string>

namespace leasehold::lease {

struct ClusterSettings {
    Url server;
    std::string ca_file;         // absolute; or
    std::string ca_pem;          // decoded certificate-authority-data; both empty: system roots
    std::string tls_server_name; // empty: the server's host
    std::optional<Url> proxy;    // may hold a password; empty: the environment's, if any
};

// The PEM that the cluster's certificate must chain to, read from its file where it is one; ""
// for the system's roots.
[[nodiscard]] Result<std::string> load_cluster_ca(const ClusterSettings& cluster);

} // namespace leasehold::lease
