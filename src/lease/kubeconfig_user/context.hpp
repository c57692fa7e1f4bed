// One context of somebody's kubeconfig, read only: its cluster and how its user authenticates.
// Editing kubeconfigs is another matter and lives in kubeconfig/.
#pragma once

#include "src/base/error.hpp"
#include "src/base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leasehold::lease {

// The `exec` section of a user (client.authentication.k8s.io).
struct ExecPlugin {
    std::string command;
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;
    std::string api_version; // "client.authentication.k8s.io/v1"
    bool provide_cluster_info = false;
    std::string install_hint; // for people, where the command is not to be found
};

struct KubeconfigCluster {
    std::string server;
    std::string ca_file; // absolute
    std::string ca_pem;  // decoded certificate-authority-data
    std::string tls_server_name;
    std::string proxy_url;
    bool insecure_skip_tls_verify = false;
    std::string exec_config; // JSON of the extension client.authentication.k8s.io/exec, or ""
};

struct KubeconfigUser {
    Secret token;
    std::string token_file;
    std::string certificate_file;
    std::string certificate_pem;
    std::string key_file;
    Secret key_pem;
    std::optional<ExecPlugin> exec;
    bool unsupported = false; // auth-provider or basic authentication
    std::string impersonate_user;
    std::string impersonate_uid;
    std::vector<std::string> impersonate_groups;
    std::vector<std::pair<std::string, std::string>> impersonate_extra;
};

struct KubeconfigContext {
    std::string name;
    std::string file;
    std::string namespace_;
    KubeconfigCluster cluster;
    KubeconfigUser user;
};

// Reads `context` (empty: the file's current-context) of the kubeconfig at `path`. Relative paths
// in it become absolute, against the file's directory. Errors have ErrorCode::configuration; an
// unknown context's hint names those there are.
[[nodiscard]] Result<KubeconfigContext> read_kubeconfig_context(const std::string& path,
                                                                std::string_view context);

} // namespace leasehold::lease
