#include "src/lease/kubernetes/api/token_check.hpp"

#include "src/lease/kubernetes/api/access_review.hpp"
#include "src/lease/kubernetes/api/requester.hpp"

namespace leasehold::lease {
namespace {

TokenVerdict read_verdict(const http::HttpResult<http::Response>& response) {
    if (!response)
        return TokenVerdict::unknown;
    if (response->status == 401)
        return TokenVerdict::refused;
    return response->status >= 200 && response->status < 300 ? TokenVerdict::taken
                                                             : TokenVerdict::unknown;
}

} // namespace

TokenVerdict check_token(const ClusterSettings& cluster, const Environment& environment,
                         const Connector& connect, const Secret& token, Deadline deadline,
                         const KeyPair& pair) {
    auto server = cluster_server(cluster, environment);
    if (!server)
        return TokenVerdict::unknown;
    if (!pair.empty())
        server->certificate = http::ClientCertificate{pair.certificate_pem, pair.key_pem.clone()};
    const auto client = connect(*std::move(server));
    http::Request request = self_subject_review();
    request.bearer = token.empty() ? nullptr : &token;
    auto response = client->exchange(request, deadline);
    if (response && response->status == 404) {
        request = {};
        request.method = "GET";
        request.target = "/api";
        request.bearer = token.empty() ? nullptr : &token;
        response = client->exchange(request, deadline);
    }
    return read_verdict(response);
}

} // namespace leasehold::lease
