#include "src/lease/kubeconfig_user/exec_credential.hpp"

#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/yaml.hpp"
#include "src/lease/kubeconfig_user/yaml_json.hpp"

#include <string>

namespace leasehold::lease {
namespace {

Error bad_credential(std::string_view what) {
    return make_error(ErrorCode::bad_answer, "answered " + std::string(what));
}

Result<boost::json::value> read_document(std::string_view output) {
    if (output.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return bad_credential("nothing: it printed no ExecCredential");
    if (auto json = parse_json(output))
        return *std::move(json);
    const auto yaml = parse_yaml(output, "output",
                                 {.limit = 1 << 20, .depth = 32, .nodes = 4096, .aliases = false});
    if (!yaml || !yaml->is_mapping())
        return bad_credential("something that is neither JSON nor YAML");
    return json_of(*yaml);
}

} // namespace

Result<PluginCredential> read_exec_credential(std::string_view output,
                                              std::string_view api_version) {
    LEASEHOLD_TRY_ASSIGN(const boost::json::value value, read_document(output));
    if (const auto version = json_string(value, {"apiVersion"}).value_or("");
        version != api_version)
        return bad_credential("with the apiVersion " + quoted(version, 64) +
                              ", but the kubeconfig says " + quoted(api_version, 64));
    const auto text = [&](std::string_view name) {
        return json_string(value, {"status", name}).value_or("");
    };
    const std::string_view certificate = text("clientCertificateData");
    const std::string_view key = text("clientKeyData");
    if (certificate.empty() != key.empty())
        return bad_credential("with a certificate or a key, but not both");
    PluginCredential credential{Secret(text("token")), std::nullopt};
    if (const auto* end = json_find(value, {"status", "expirationTimestamp"});
        end != nullptr && !end->is_null())
        credential.expiration = std::string(text("expirationTimestamp"));
    if (!certificate.empty())
        credential.certificate = http::ClientCertificate{std::string(certificate), Secret(key)};
    if (credential.token.empty() && !credential.certificate)
        return bad_credential("without a token and without a certificate");
    return credential;
}

} // namespace leasehold::lease
