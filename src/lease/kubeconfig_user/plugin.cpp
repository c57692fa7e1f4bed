#include "src/lease/kubeconfig_user/plugin.hpp"

#include "src/base/base64.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/names.hpp"
#include "src/base/process.hpp"

#include <boost/json/serialize.hpp>

namespace leasehold::lease {
namespace {

constexpr std::string_view group = "client.authentication.k8s.io/";

std::string base_name(std::string_view path) {
    return std::string(path.substr(path.rfind('/') + 1));
}

Result<boost::json::object> cluster_info(const KubeconfigCluster& cluster) {
    boost::json::object info{{"server", cluster.server}};
    std::string pem = cluster.ca_pem;
    if (!cluster.ca_file.empty()) {
        LEASEHOLD_TRY_ASSIGN(pem, read_file(cluster.ca_file, {}, "certificate-authority"));
    }
    if (!pem.empty())
        info["certificate-authority-data"] = base64_encode(pem);
    if (!cluster.tls_server_name.empty())
        info["tls-server-name"] = cluster.tls_server_name;
    if (!cluster.proxy_url.empty())
        info["proxy-url"] = cluster.proxy_url;
    return info;
}

Result<std::string> exec_info(const ExecPlugin& plugin, const KubeconfigContext& context) {
    boost::json::object spec{{"interactive", false}};
    if (plugin.provide_cluster_info) {
        LEASEHOLD_TRY_ASSIGN(spec["cluster"], cluster_info(context.cluster));
    }
    const boost::json::object info{
        {"kind", "ExecCredential"}, {"apiVersion", plugin.api_version}, {"spec", std::move(spec)}};
    return boost::json::serialize(info);
}

Error plugin_error(ErrorCode code, const std::string& command, std::string_view what,
                   std::string_view words) {
    std::string message =
        "the requester's exec plugin " + quoted(base_name(command)) + ' ' + std::string(what);
    if (!words.empty())
        message += "; it says: " + hostile_text(words);
    return make_error(code, std::move(message),
                      "run it by hand, or log in again with the tool it belongs to");
}

std::optional<Error> outcome_error(const ChildOutcome& outcome, const std::string& command) {
    using End = ChildOutcome::End;
    const std::string& words = outcome.error_output;
    switch (outcome.end) {
    case End::timed_out:
        return plugin_error(ErrorCode::timed_out, command, "did not end in time", words);
    case End::too_much_output:
        return plugin_error(ErrorCode::bad_answer, command, "prints without end", words);
    case End::signalled:
        return plugin_error(ErrorCode::denied, command,
                            "was killed by signal " + std::to_string(outcome.status), words);
    case End::exited:
        break;
    }
    if (outcome.status != 0)
        return plugin_error(ErrorCode::denied, command,
                            "failed with exit code " + std::to_string(outcome.status), words);
    return std::nullopt;
}

Error bad_credential(std::string_view what) {
    return make_error(ErrorCode::bad_answer,
                      "the requester's exec plugin answered " + std::string(what));
}

} // namespace

Result<void> check_no_loop(const Environment& environment, std::string_view profile) {
    const std::string chain = environment.value(chain_variable);
    if ((':' + chain + ':').find(':' + std::string(profile) + ':') == std::string::npos)
        return {};
    return make_error(ErrorCode::configuration,
                      "profile " + quoted(profile) + " asks for its token with its own token",
                      "give the profile's requester a context whose user is not leasehold");
}

Result<PluginCredential> run_exec_plugin(const ExecPlugin& plugin, const KubeconfigContext& context,
                                         std::string_view profile, const Environment& environment,
                                         Deadline deadline) {
    if (!plugin.api_version.starts_with(group))
        return make_error(ErrorCode::configuration,
                          "the requester's exec plugin has an unknown apiVersion " +
                              quoted(plugin.api_version));
    ChildOptions options;
    options.argv.push_back(plugin.command);
    options.argv.insert(options.argv.end(), plugin.arguments.begin(), plugin.arguments.end());
    options.search_path = true;
    options.environment = environment.all();
    for (const auto& [name, value] : plugin.environment)
        options.environment[name] = value;
    LEASEHOLD_TRY_ASSIGN(options.environment["KUBERNETES_EXEC_INFO"], exec_info(plugin, context));
    std::string& chain = options.environment[std::string(chain_variable)];
    chain += (chain.empty() ? "" : ":") + std::string(profile);
    LEASEHOLD_TRY_ASSIGN(const ChildOutcome outcome, run_child(options, deadline));
    if (auto error = outcome_error(outcome, plugin.command))
        return *std::move(error);
    return read_exec_credential(outcome.output.reveal(), plugin.api_version);
}

Result<PluginCredential> read_exec_credential(std::string_view output,
                                              std::string_view api_version) {
    const auto value = parse_json(output);
    if (!value)
        return bad_credential("something that is not JSON");
    if (json_string(*value, {"apiVersion"}).value_or("") != api_version)
        return bad_credential("with another apiVersion than it was asked for");
    PluginCredential credential;
    credential.token = Secret(json_string(*value, {"status", "token"}).value_or(""));
    const auto certificate = json_string(*value, {"status", "clientCertificateData"});
    const auto key = json_string(*value, {"status", "clientKeyData"});
    if (certificate.has_value() != key.has_value())
        return bad_credential("with a certificate or a key, but not both");
    if (certificate)
        credential.certificate = http::ClientCertificate{std::string(*certificate), Secret(*key)};
    if (credential.token.empty() && !credential.certificate)
        return bad_credential("without a token and without a certificate");
    return credential;
}

} // namespace leasehold::lease
