#include "helper/exec_protocol/binding.hpp"

#include "src/base/base64.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"

#include <optional>
#include <set>
#include <string>

namespace leasehold::helper {
namespace {

Error refuse(const lease::Profile& profile, std::string what) {
    return make_error(ErrorCode::denied,
                      "profile " + quoted(profile.name) + " is for " +
                          profile.cluster.server.text() + ", but " + std::move(what),
                      "no token was leased or shown; if the profile is right, renew the entry: "
                      "leasehold kubeconfig add " +
                          profile.name +
                          "\nif the cluster has moved, change the profile first: leasehold profile "
                          "edit " +
                          profile.name + "\nif neither, find out who changed the kubeconfig");
}

// A text of PEM certificates and nothing that readers take differently: other labels, headers or
// text inside a block, half a block. Each certificate by its bytes (DER).
std::optional<std::set<std::string>> certificates_of(std::string_view pem) {
    constexpr std::string_view mark = "-----BEGIN ";
    constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----";
    constexpr std::string_view end = "-----END CERTIFICATE-----";
    std::set<std::string> all;
    for (std::size_t at = pem.find(mark); at != std::string_view::npos; at = pem.find(mark, at)) {
        const std::size_t stop = pem.find("-----END ", at);
        if (pem.substr(at, begin.size()) != begin || stop == std::string_view::npos ||
            pem.substr(stop, end.size()) != end)
            return std::nullopt;
        std::string text;
        for (const char c : pem.substr(at + begin.size(), stop - at - begin.size()))
            if (c != '\n' && c != '\r' && c != ' ' && c != '\t')
                text.push_back(c);
        auto der = base64_decode(text);
        if (!der || der->empty())
            return std::nullopt;
        all.insert(*std::move(der));
        at = stop + end.size();
    }
    return all;
}

// The CA that the client will hold the server against; a file is read as any other of the user's.
Result<std::string> clients_ca(const ExecCluster& cluster) {
    if (!cluster.ca_pem.empty() || cluster.ca_file.empty())
        return cluster.ca_pem;
    return read_file(cluster.ca_file, {}, "the client's certificate-authority");
}

Result<void> check_ca(const ExecCluster& cluster, const lease::Profile& profile) {
    LEASEHOLD_TRY_ASSIGN(const std::string pinned, lease::load_cluster_ca(profile.cluster));
    const auto theirs = clients_ca(cluster);
    if (!theirs)
        return refuse(profile, "the client's certificate authority cannot be read: " +
                                   theirs.error().message);
    if (*theirs == pinned)
        return {};
    if (theirs->empty())
        return refuse(profile, "the client names no certificate authority, and the profile does");
    if (pinned.empty())
        return refuse(profile, "the client trusts a certificate authority of its own there");
    const auto wanted = certificates_of(pinned);
    const auto given = certificates_of(*theirs);
    if (!wanted || !given || given->empty() || *wanted != *given)
        return refuse(profile, "the client trusts another certificate authority there");
    return {};
}

// What a client says nothing of it may still be served, as the profile says.
Result<void> check_silence(const ExecRequest& request, const lease::Profile& profile) {
    switch (profile.require_cluster_info) {
    case lease::ClusterInfo::optional_:
        return {};
    case lease::ClusterInfo::automatic:
        if (!request.sent)
            return {};
        break;
    case lease::ClusterInfo::required:
        break;
    }
    Error error = refuse(profile, "the client does not say which cluster it asks for");
    error.hint = "write 'provideClusterInfo: true' into the kubeconfig's exec entry ('leasehold "
                 "kubeconfig add " +
                 profile.name +
                 "' does); for a client that cannot, 'require-cluster-info: false' in " +
                 profile.path;
    return error;
}

} // namespace

Result<void> check_cluster_binding(const ExecRequest& request, const lease::Profile& profile) {
    if (!request.cluster)
        return check_silence(request, profile);
    const ExecCluster& cluster = *request.cluster;
    const auto url = parse_https_url(cluster.server, "server");
    if (!url || url->origin() != profile.cluster.server.origin() ||
        url->path != profile.cluster.server.path)
        return refuse(profile, "the client asks for " + quoted(cluster.server));
    if (cluster.insecure_skip_tls_verify)
        return refuse(profile, "the client would send it without verifying TLS");
    if (cluster.tls_server_name != profile.cluster.tls_server_name)
        return refuse(profile, "the client expects the TLS name " +
                                   quoted(cluster.tls_server_name) + " there");
    return check_ca(cluster, profile);
}

bool takes_another_proxy(const ExecRequest& request, const lease::Profile& profile) {
    if (!request.cluster || request.cluster->proxy_url.empty())
        return false;
    const auto theirs = parse_url(request.cluster->proxy_url,
                                  {"http", "https", "socks5", "socks5h"}, "proxy-url", true);
    const auto& own = profile.cluster.proxy;
    return !theirs || !own || theirs->host != own->host || theirs->port != own->port;
}

} // namespace leasehold::helper
