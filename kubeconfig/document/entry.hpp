// What leasehold puts into a kubeconfig: one cluster, one user that runs the plugin, one context.
// The checks are those that clients of all kinds need (G1 to G9).
#pragma once

#include "src/base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace leasehold::kubeconfig {

// The user's `exec` part. interactiveMode is always Never.
struct ExecCommand {
    std::string command;            // absolute path of the plugin
    bool looked_up = false;         // or "leasehold", for clients to find in PATH: only if wished
    std::vector<std::string> args;  // at least one
    std::string api_version = "v1"; // v1 or v1beta1
    bool provide_cluster_info = true;
    std::string install_hint = {}; // one line; empty: none
};

struct Entry {
    std::string name; // of cluster, user and context, unless the next three say otherwise
    std::string cluster_name = {};
    std::string user_name = {};
    std::string context_name = {};
    std::string profile = {}; // whose entry this is, for the ownership marker

    std::string server = {};
    std::string certificate_authority_data = {}; // base64 of PEM on one line; empty: system CAs
    std::string tls_server_name = {};
    std::string proxy_url = {};
    bool insecure_skip_tls_verify = false;
    std::string namespace_ = {};
    ExecCommand exec = {};

    [[nodiscard]] const std::string& cluster() const { return or_name(cluster_name); }
    [[nodiscard]] const std::string& user() const { return or_name(user_name); }
    [[nodiscard]] const std::string& context() const { return or_name(context_name); }

private:
    [[nodiscard]] const std::string& or_name(const std::string& own) const {
        return own.empty() ? name : own;
    }
};

// Checks an entry that is to go into the file `kubeconfig`: command, arguments, URL, CA, names.
// Errors have ErrorCode::configuration.
[[nodiscard]] Result<void> check_entry(const Entry& entry, std::string_view kubeconfig);

// True if the CA is so large that with provideClusterInfo no client could start the plugin: one
// string of the environment holds at most 128 KiB on Linux. The caller must then set
// provide_cluster_info to false and say so.
[[nodiscard]] bool too_large_for_cluster_info(const Entry& entry);

// True if YAML and JSON give `text` back as it is and a terminal shows it as it is: valid UTF-8,
// no control, line-breaking, invisible or reordering characters.
[[nodiscard]] bool is_faithful_text(std::string_view text);

} // namespace leasehold::kubeconfig
