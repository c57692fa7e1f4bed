#include "helper/exec_protocol/binding.hpp"

#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <cctype>

namespace leasehold::helper {
namespace {

Error refuse(const lease::Profile& profile, std::string what) {
    return make_error(ErrorCode::denied,
                      "profile " + quoted(profile.name) + " is for " +
                          profile.cluster.server.text() + ", but " + std::move(what),
                      "no token was leased or shown; if the kubeconfig is yours and right, bring "
                      "the profile up to date, else find out who changed it");
}

// The certificates without what may differ in spelling: text between them, line breaks, spaces.
std::string certificates_only(std::string_view pem) {
    constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----";
    constexpr std::string_view end = "-----END CERTIFICATE-----";
    std::string out;
    for (std::size_t at = pem.find(begin); at != std::string_view::npos; at = pem.find(begin, at)) {
        const std::size_t stop = pem.find(end, at);
        for (const char c : pem.substr(at, stop == std::string_view::npos ? stop : stop - at))
            if (std::isspace(static_cast<unsigned char>(c)) == 0)
                out.push_back(c);
        out.push_back('\n');
        if (stop == std::string_view::npos)
            break;
        at = stop;
    }
    return out;
}

} // namespace

Result<void> check_cluster_binding(const ExecRequest& request, const lease::Profile& profile) {
    if (!request.cluster) {
        if (profile.require_cluster_info)
            return refuse(profile, "the client does not say which cluster it asks for "
                                   "(require-cluster-info)");
        return {};
    }
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
    if (cluster.ca_pem.empty())
        return {};
    LEASEHOLD_TRY_ASSIGN(const std::string pem, lease::load_cluster_ca(profile.cluster));
    if (certificates_only(cluster.ca_pem) != certificates_only(pem))
        return refuse(profile, "the client trusts another certificate authority there");
    return {};
}

} // namespace leasehold::helper
