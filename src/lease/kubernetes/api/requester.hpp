// The identity with which the `kubernetes` provider asks for a token, made ready to use.
#pragma once

#include "src/base/environment.hpp"
#include "src/base/fd.hpp"
#include "src/http/client.hpp"
#include "src/lease/kubernetes/settings/settings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace leasehold::lease {

// What goes with a request to the API server, and to which server it goes.
struct Requester {
    http::Server server;
    Secret bearer;                     // empty: the client certificate alone speaks
    std::vector<http::Header> headers; // impersonation
    std::string description;           // for people: "context admin of /home/me/.kube/config"
    std::string certificate_name;      // where its client certificate is from; "" for none
    std::optional<UnixTime> certificate_end;
    bool of_plugin = false;   // an exec plugin gave its credential, and may give another
    bool of_platform = false; // its bearer is a JWT that a CI platform made
};

// What making one may need from outside.
struct RequesterEnvironment {
    const Environment& environment;
    // The token that `leasehold login` kept; empty optional if there is none.
    std::function<Result<std::optional<Secret>>()> stored_token;
    // Where a pod finds its own service account; tests set another.
    std::string service_account_directory = "/var/run/secrets/kubernetes.io/serviceaccount";
    // What a plugin, by its command, is given as descriptor 3; null, or invalid, for nothing.
    std::function<Fd(const std::string& command)> descriptor_for = {};
    // Names of variables that plugins get beside those they are known to need.
    std::vector<std::string> plugin_variables = {};
    // A JWT of this CI job for an audience; null where none can be asked for.
    std::function<Result<Secret>(const std::string& audience, Deadline deadline)> github_jwt = {};
};

// Makes the requester of a profile ready: reads files, runs an exec plugin. Everything is read
// afresh, since tokens and certificates are rotated by others. A kubeconfig context whose server
// is not the profile's, which skips TLS verification, or whose user is leasehold itself, is
// refused.
[[nodiscard]] Result<Requester> open_requester(const KubernetesProfile& profile,
                                               const RequesterEnvironment& outside,
                                               Deadline deadline);

// Tells one credential from another; no secret.
[[nodiscard]] std::string credential_digest(const Requester& requester);

// The connection settings for the profile's cluster, without any identity. The proxy is the
// profile's, else the environment's.
[[nodiscard]] Result<http::Server> cluster_server(const ClusterSettings& cluster,
                                                  const Environment& environment);

} // namespace leasehold::lease
