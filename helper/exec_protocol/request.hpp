// What a client tells an exec plugin: KUBERNETES_EXEC_INFO, sloppy or hostile as it may be.
#pragma once

#include "helper/exec_protocol/answer.hpp"
#include "src/base/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leasehold::helper {

// The cluster that the client will send the token to, as far as it says.
struct ExecCluster {
    std::string server;
    std::string tls_server_name;
    std::string ca_pem;  // decoded certificate-authority-data
    std::string ca_file; // certificate-authority, which the Python client sends
    std::string proxy_url;
    bool insecure_skip_tls_verify = false;
};

struct ExecRequest {
    ExecApiVersion api_version = ExecApiVersion::v1;
    std::optional<ExecCluster> cluster;
    bool sent = false;        // the client said something: it is one that knows the protocol
    bool interactive = false; // it says that stdin is a terminal for the plugin (H8)
};

// Reads the variable's value (null: not set). Tolerated (H7): absent, empty, white space around,
// kind ExecCredentials, unknown fields, the raw kubeconfig cluster that the Python client sends.
// An unknown apiVersion is an error; so is text that is no JSON object. The value is never quoted
// in messages. The version is the request's own, else `argument`'s, else v1 (H6).
[[nodiscard]] Result<ExecRequest> parse_exec_request(const std::optional<std::string>& info,
                                                     std::optional<ExecApiVersion> argument);

} // namespace leasehold::helper
