#include "helper/exec_protocol/request.hpp"

#include "src/base/base64.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/trim.hpp"

namespace leasehold::helper {
namespace {

constexpr std::string_view variable = "KUBERNETES_EXEC_INFO";
constexpr std::string_view group = "client.authentication.k8s.io/";

Error bad_info(std::string_view what, std::string hint = {}) {
    return make_error(ErrorCode::usage, std::string(variable) + ' ' + std::string(what),
                      std::move(hint));
}

Result<std::optional<ExecCluster>> read_cluster(const boost::json::value& info) {
    const boost::json::value* node = json_find(info, {"spec", "cluster"});
    if (node == nullptr || node->is_null())
        return std::optional<ExecCluster>();
    if (!node->is_object())
        return bad_info("has a spec.cluster that is no object");
    ExecCluster cluster;
    const auto server = json_string(*node, {"server"});
    if (!server)
        return bad_info("names no spec.cluster.server");
    cluster.server = *server;
    cluster.tls_server_name = json_string(*node, {"tls-server-name"}).value_or("");
    cluster.ca_file = json_string(*node, {"certificate-authority"}).value_or("");
    cluster.proxy_url = json_string(*node, {"proxy-url"}).value_or("");
    const boost::json::value* insecure = json_find(*node, {"insecure-skip-tls-verify"});
    cluster.insecure_skip_tls_verify =
        insecure != nullptr && !(insecure->is_bool() && !insecure->get_bool());
    if (const auto data = json_string(*node, {"certificate-authority-data"}); data) {
        auto pem = base64_decode(*data);
        if (!pem)
            return bad_info("holds a certificate-authority-data that is not base64");
        cluster.ca_pem = *std::move(pem);
    }
    return std::optional<ExecCluster>(std::move(cluster));
}

} // namespace

Result<ExecRequest> parse_exec_request(const std::optional<std::string>& info,
                                       std::optional<ExecApiVersion> argument) {
    ExecRequest request;
    request.api_version = argument.value_or(ExecApiVersion::v1);
    const std::string_view text = trim(info ? std::string_view(*info) : std::string_view());
    if (text.empty())
        return request;
    request.sent = true;
    const auto value = parse_json(text);
    if (!value)
        return bad_info("is " + value.error().message);
    if (!value->is_object())
        return bad_info("is no JSON object");
    const auto kind = json_string(*value, {"kind"});
    if (kind && *kind != "ExecCredential" && *kind != "ExecCredentials")
        return bad_info("is of kind " + quoted(*kind, 64) + ", not ExecCredential");
    if (const auto version = json_string(*value, {"apiVersion"}); version && !version->empty()) {
        const auto known = version->starts_with(group)
                               ? parse_api_version(version->substr(group.size()))
                               : std::nullopt;
        if (!known)
            return bad_info("asks for apiVersion " + quoted(*version, 64),
                            "leasehold speaks client.authentication.k8s.io/v1 and /v1beta1; update "
                            "the kubeconfig entry with 'leasehold kubeconfig add'");
        request.api_version = *known;
    }
    const boost::json::value* interactive = json_find(*value, {"spec", "interactive"});
    request.interactive =
        interactive != nullptr && interactive->is_bool() && interactive->get_bool();
    LEASEHOLD_TRY_ASSIGN(request.cluster, read_cluster(*value));
    return request;
}

} // namespace leasehold::helper
