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
    std::string install_hint;          // for people, where the command is not to be found
    std::string interactive_mode = {}; // as it stands: Never, IfAvailable, Always or ""
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
    std::string file; // absolute; as in KUBECONFIG a list, where context and user are in several
    std::string namespace_;
    KubeconfigCluster cluster;
    KubeconfigUser user;          // empty if
    std::optional<Error> no_user; // the context names none, or one that is not there
    bool lasting = true;          // false: read from a pipe or from what is a file only now
};

// Reads `context` (empty: the current-context) of kubeconfigs, which are merged as client-go does:
// the first file that has an entry is the one that counts, and files that are not there are left
// out. One that cannot be read matters only if what is asked for is not in the others. Relative
// paths become absolute, against the directory of the file in which they stand. Errors have
// ErrorCode::configuration; an unknown context's hint names those there are.
[[nodiscard]] Result<KubeconfigContext>
read_kubeconfig_context(const std::vector<std::string>& files, std::string_view context);

// The paths in a KubeconfigContext's `file`: one, or several as in KUBECONFIG. A file whose own
// name has a colon is that file.
[[nodiscard]] std::vector<std::string> kubeconfig_list(const std::string& file);

// The same for a KubeconfigContext's `file`, of regular files only: nobody waits at a pipe when
// a token is needed.
[[nodiscard]] Result<KubeconfigContext> read_kubeconfig_context(const std::string& file,
                                                                std::string_view context);

} // namespace leasehold::lease
