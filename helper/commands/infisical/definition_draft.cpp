#include "helper/commands/infisical/definition_draft.hpp"

#include "helper/process/edges.hpp"
#include "helper/terminal/options.hpp"
#include "helper/terminal/secret_input.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/infisical/definition.hpp"
#include "src/lease/infisical/settings/ttl.hpp"

#include <optional>
#include <string>

namespace leasehold::helper {
namespace {

namespace json = boost::json;
using lease::infisical::DefinitionDraft;

// Inputs that are plain texts: flag and name on the wire.
Result<void> add_texts(const Options& options, json::object& inputs) {
    const std::pair<const char*, const char*> texts[] = {{"credential-type", "credentialType"},
                                                         {"auth-method", "authMethod"},
                                                         {"cluster-url", "url"},
                                                         {"gateway-id", "gatewayId"},
                                                         {"gateway-pool-id", "gatewayPoolId"},
                                                         {"service-account", "serviceAccountName"},
                                                         {"role-type", "roleType"},
                                                         {"role", "role"}};
    for (const auto& [flag, name] : texts)
        if (const auto text = options.text(flag))
            inputs[name] = *text;
    const std::pair<const char*, const char*> truths[] = {
        {"ssl", "sslEnabled"}, {"ssl-reject-unauthorized", "sslRejectUnauthorized"}};
    for (const auto& [flag, name] : truths)
        if (const auto text = options.text(flag)) {
            if (*text != "true" && *text != "false")
                return options.usage_error("--" + std::string(flag) + " must be true or false");
            inputs[name] = *text == "true";
        }
    return {};
}

Result<void> add_inputs(const Process& process, const Options& options, bool complete,
                        DefinitionDraft& draft) {
    json::object& inputs = draft.inputs;
    LEASEHOLD_TRY(add_texts(options, inputs));
    if (const auto file = options.text("cluster-certificate-authority")) {
        LEASEHOLD_TRY_ASSIGN(const std::string pem,
                             read_file(*file, {}, "--cluster-certificate-authority"));
        inputs["ca"] = pem;
    }
    const auto audiences = options.texts("audience");
    if (!audiences.empty() || complete)
        inputs["audiences"] = json::array(audiences.begin(), audiences.end());
    std::string namespaces;
    for (const std::string& name : options.texts("namespace"))
        namespaces += (namespaces.empty() ? "" : ",") + name;
    if (!namespaces.empty())
        inputs["namespace"] = namespaces;
    if (options.has("cluster-token-file") || options.has("cluster-token-stdin")) {
        LEASEHOLD_TRY_ASSIGN(
            draft.cluster_token,
            read_secret_input(options, "cluster-token", "cluster token", process.directories.home));
    }
    return {};
}

// No lease can be made below the cluster's floor, however it is asked for.
Result<void> check_floor(const Options& options, Seconds ttl, const std::string& flag) {
    if (ttl >= lease::infisical::shortest_ttl)
        return {};
    return options.usage_error(
        flag + " is too short: no lease of it could be made",
        "Infisical asks the cluster for what is left of a TTL when it gets there, and Kubernetes "
        "grants nothing below 10m: give 11m or more");
}

Result<void> add_ttls(const Options& options, DefinitionDraft& draft) {
    std::optional<Seconds> usual;
    if (const auto ttl = options.text("default-ttl")) {
        LEASEHOLD_TRY_ASSIGN(usual, lease::infisical::check_definition_ttl(*ttl, "--default-ttl"));
        LEASEHOLD_TRY(check_floor(options, *usual, "--default-ttl " + *ttl));
        draft.members["defaultTTL"] = *ttl;
    }
    if (const auto ttl = options.text("max-ttl")) {
        draft.members["maxTTL"] = *ttl == "none" ? json::value(nullptr) : json::value(*ttl);
        if (*ttl == "none")
            return {};
        LEASEHOLD_TRY_ASSIGN(const Seconds most,
                             lease::infisical::check_definition_ttl(*ttl, "--max-ttl"));
        LEASEHOLD_TRY(check_floor(options, most, "--max-ttl " + *ttl));
        if (usual && *usual > most)
            return options.usage_error("--default-ttl is longer than --max-ttl",
                                       "a lease that names no TTL would be refused");
    }
    return {};
}

Result<void> add_metadata(const Options& options, DefinitionDraft& draft) {
    if (const auto text = options.text("username-template"))
        draft.members["usernameTemplate"] = *text;
    json::array pairs;
    for (const std::string& item : options.texts("metadata")) {
        const std::size_t sign = item.find('=');
        if (sign == std::string::npos || sign == 0)
            return options.usage_error("--metadata " + quoted(item, 80) + " is no KEY=VALUE");
        pairs.push_back(
            json::object{{"key", item.substr(0, sign)}, {"value", item.substr(sign + 1)}});
    }
    if (!pairs.empty())
        draft.members["metadata"] = std::move(pairs);
    return {};
}

} // namespace

void declare_definition_inputs(Options& options) {
    options.value("default-ttl", "TTL of a lease that asks for none: 90m, 8h, 30d")
        .value("max-ttl", "longest TTL of a lease; \"none\" for no limit")
        .value("credential-type", "static: tokens of one account; dynamic: of temporary ones")
        .value("auth-method", "api (with a cluster token) or gateway")
        .value("cluster-url", "URL of the API server, as Infisical reaches it")
        .value("cluster-token-file", "file with the token that Infisical uses there")
        .flag("cluster-token-stdin", "read that token from standard input")
        .value("cluster-certificate-authority", "PEM file of the API server's CA")
        .value("ssl", "true or false: hold the API server against that CA")
        .value("ssl-reject-unauthorized", "true or false: refuse certificates that do not verify")
        .value("gateway-id", "the gateway on the way to the cluster")
        .value("gateway-pool-id", "a pool of gateways instead")
        .values("audience", "audience of the tokens, repeatable")
        .values("namespace", "namespace; with dynamic repeatable, the first is the default")
        .value("service-account", "static: the account")
        .value("role-type", "dynamic: role or cluster-role")
        .value("role", "dynamic: the role to bind")
        .value("username-template", "dynamic: name of the temporary accounts")
        .values("metadata", "KEY=VALUE, repeatable");
}

Result<DefinitionDraft> read_definition_draft(const Process& process, const Options& options,
                                              bool complete) {
    DefinitionDraft draft;
    LEASEHOLD_TRY(add_ttls(options, draft));
    LEASEHOLD_TRY(add_metadata(options, draft));
    LEASEHOLD_TRY(add_inputs(process, options, complete, draft));
    return draft;
}

} // namespace leasehold::helper
