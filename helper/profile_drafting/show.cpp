#include "helper/profile_drafting/show.hpp"

#include "src/base/time.hpp"

#include <utility>
#include <vector>

namespace leasehold::helper {
namespace {

namespace json = boost::json;
using Values = std::vector<std::pair<std::string, std::string>>;

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts)
        out += (out.empty() ? "" : ", ") + text;
    return out;
}

std::string rules_text(const std::vector<lease::PolicyRule>& rules) {
    std::string out;
    for (const lease::PolicyRule& rule : rules)
        out += (out.empty() ? "" : "; ") + joined(rule.verbs) + " on " +
               joined(rule.resources.empty() ? rule.non_resource_urls : rule.resources);
    return out;
}

void add_credential(const lease::KubernetesSettings& settings, Values& values) {
    const auto add = [&](const std::string& key, const std::string& value) {
        values.emplace_back("kubernetes." + key, value);
    };
    const bool temporary = settings.credential == lease::CredentialKind::temporary;
    add("credential", temporary ? "dynamic" : "static");
    add(settings.namespaces.size() > 1 ? "namespaces" : "namespace", joined(settings.namespaces));
    if (!temporary) {
        add("service-account", settings.service_account);
        add("revocable", !settings.revocable   ? "(if the requester may create secrets)"
                         : *settings.revocable ? "true"
                                               : "false");
        return;
    }
    const lease::DynamicSettings& dynamic = settings.dynamic;
    add("role-type",
        dynamic.role_type == lease::DynamicSettings::RoleType::role ? "role" : "cluster-role");
    if (dynamic.rules.empty())
        add("role", dynamic.role);
    else
        add("rules", rules_text(dynamic.rules));
    add("binding", dynamic.binding == lease::DynamicSettings::Binding::role ? "role" : "cluster");
    add("name-template", dynamic.name_template);
}

void add_requester(const lease::RequesterSettings& requester, Values& values) {
    const std::string prefix = "kubernetes.requester.";
    using Kind = lease::RequesterSettings::Kind;
    switch (requester.kind) {
    case Kind::kubeconfig:
        values.emplace_back(prefix + "kubeconfig", requester.kubeconfig);
        values.emplace_back(prefix + "context",
                            requester.context.empty() ? "(current)" : requester.context);
        break;
    case Kind::token_file:
        values.emplace_back(prefix + "token-file", requester.token_file);
        break;
    case Kind::client_certificate:
        values.emplace_back(prefix + "client-certificate", requester.client_certificate);
        values.emplace_back(prefix + "client-key", requester.client_key);
        break;
    case Kind::gateway:
        values.emplace_back(prefix + "gateway", requester.gateway.text());
        values.emplace_back(prefix + "certificate-authority",
                            requester.gateway_ca.empty() ? "(the system's)" : requester.gateway_ca);
        values.emplace_back(prefix + "client-certificate", requester.client_certificate);
        values.emplace_back(prefix + "client-key", requester.client_key);
        break;
    case Kind::in_cluster:
        values.emplace_back(prefix + "in-cluster", "true");
        break;
    case Kind::stored_token:
        values.emplace_back(prefix + "token", "stored");
        break;
    }
}

// Each value under its path in the file.
Values profile_values(const lease::Profile& profile) {
    const lease::ClusterSettings& cluster = profile.cluster;
    Values values = {{"cluster.server", cluster.server.text()}};
    if (!cluster.ca_pem.empty())
        values.emplace_back("cluster.certificate-authority-data",
                            "(" + std::to_string(cluster.ca_pem.size()) + " bytes of PEM)");
    else
        values.emplace_back("cluster.certificate-authority",
                            cluster.ca_file.empty() ? "(the system's)" : cluster.ca_file);
    values.emplace_back("cluster.tls-server-name", cluster.tls_server_name);
    values.emplace_back("cluster.proxy-url", cluster.proxy ? cluster.proxy->text() : "");
    values.emplace_back("provider", profile.provider);
    values.emplace_back("ttl", format_duration(profile.ttl));
    values.emplace_back("max-ttl", format_duration(profile.max_ttl));
    values.emplace_back("deadline", format_duration(profile.deadline));
    values.emplace_back("stores", joined(profile.stores));
    values.emplace_back("require-cluster-info", profile.require_cluster_info ? "true" : "false");
    if (profile.provider == "infisical") {
        for (auto& value : lease::infisical::shown_values(profile.infisical))
            values.push_back(std::move(value));
        return values;
    }
    add_credential(profile.kubernetes, values);
    values.emplace_back("kubernetes.audiences", joined(profile.kubernetes.audiences));
    values.emplace_back("kubernetes.issuer", profile.kubernetes.issuer);
    add_requester(profile.kubernetes.requester, values);
    return values;
}

std::string origin(const lease::Profile& profile, const std::string& key) {
    const auto found = profile.origins.find(key);
    return found == profile.origins.end() ? "default" : found->second;
}

} // namespace

json::object profile_json(const lease::Profile& profile) {
    return {{"name", profile.name},
            {"path", profile.path},
            {"provider", profile.provider},
            {"server", profile.cluster.server.text()},
            {"credential", profile.kubernetes.credential == lease::CredentialKind::temporary
                               ? "dynamic"
                               : "static"},
            {"namespace", profile.kubernetes.namespace_},
            {"service-account", profile.kubernetes.service_account},
            {"audiences",
             json::array(profile.kubernetes.audiences.begin(), profile.kubernetes.audiences.end())},
            {"ttl", format_duration(profile.ttl)},
            {"max-ttl", format_duration(profile.max_ttl)},
            {"deadline", format_duration(profile.deadline)},
            {"stores", json::array(profile.stores.begin(), profile.stores.end())}};
}

json::object profile_json_with_origins(const lease::Profile& profile) {
    json::object values;
    for (const auto& [key, value] : profile_values(profile))
        values[key] = json::object{{"value", value}, {"origin", origin(profile, key)}};
    return {{"name", profile.name}, {"path", profile.path}, {"values", std::move(values)}};
}

Table profile_table(const lease::Profile& profile) {
    Table table{{"KEY", "VALUE", "ORIGIN"}, {}};
    for (const auto& [key, value] : profile_values(profile))
        table.rows.push_back({key, value.empty() ? "-" : value, origin(profile, key)});
    return table;
}

std::string profile_path(const Process& process, const std::string& name) {
    return lease::profile_path(process.directories.profiles(), name);
}

} // namespace leasehold::helper
