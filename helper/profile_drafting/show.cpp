#include "helper/profile_drafting/show.hpp"

#include "src/base/time.hpp"
#include "src/lease/profile/file.hpp"
#include "src/lease/providers.hpp"

#include <utility>
#include <vector>

namespace leasehold::helper {
namespace {

namespace json = boost::json;

std::string_view shown_cluster_info(lease::ClusterInfo info) {
    switch (info) {
    case lease::ClusterInfo::automatic:
        return "auto";
    case lease::ClusterInfo::required:
        return "true";
    case lease::ClusterInfo::optional_:
        break;
    }
    return "false";
}

std::string shown_recheck(Seconds recheck) {
    return recheck == Seconds(0) ? "off" : format_duration(recheck);
}

// Each value under its path in the file.
lease::Fields profile_values(const lease::Profile& profile) {
    const lease::ClusterSettings& cluster = profile.cluster;
    lease::Fields values = {{"cluster.server", cluster.server.text()}};
    if (!cluster.ca_pem.empty())
        values.emplace_back("cluster.certificate-authority-data",
                            "(" + std::to_string(cluster.ca_pem.size()) + " bytes of PEM)");
    else
        values.emplace_back("cluster.certificate-authority",
                            cluster.ca_file.empty() ? "(the system's)" : cluster.ca_file);
    values.emplace_back("cluster.tls-server-name", cluster.tls_server_name);
    values.emplace_back("cluster.proxy-url", cluster.proxy ? cluster.proxy->text() : "");
    values.emplace_back("provider", profile.provider());
    values.emplace_back("ttl", lease::ttl_text(profile));
    values.emplace_back("max-ttl", format_duration(profile.max_ttl));
    values.emplace_back("deadline", format_duration(profile.deadline));
    values.emplace_back("recheck", shown_recheck(profile.recheck));
    values.emplace_back("stores", lease::joined_for_people(profile.stores));
    values.emplace_back("environment", lease::joined_for_people(profile.environment));
    values.emplace_back("require-cluster-info",
                        std::string(shown_cluster_info(profile.require_cluster_info)));
    if (!profile.siblings.empty())
        values.emplace_back("siblings", lease::joined_for_people(profile.siblings));
    if (!profile.reason.empty())
        values.emplace_back("reason", profile.reason);
    for (auto& value : profile.kind->shown(profile.settings, profile.terms))
        values.push_back(std::move(value));
    return values;
}

std::string origin(const lease::Profile& profile, const std::string& key) {
    const auto found = profile.origins.find(key);
    return found == profile.origins.end() ? "default" : found->second;
}

} // namespace

json::object profile_json(const lease::Profile& profile) {
    json::object out{{"name", profile.name},
                     {"path", profile.path},
                     {"provider", profile.provider()},
                     {"server", profile.cluster.server.text()}};
    // Under their names in the file, which differ from provider to provider.
    const std::string prefix = profile.provider() + '.';
    json::object settings;
    for (const auto& [key, value] : profile.kind->shown(profile.settings, profile.terms))
        if (!value.empty())
            settings[key.substr(prefix.size())] = value;
    out["settings"] = std::move(settings);
    out["namespace"] = profile.terms.default_namespace();
    out["audiences"] = json::array(profile.terms.audiences.begin(), profile.terms.audiences.end());
    out["ttl"] = lease::ttl_text(profile);
    out["maxTtl"] = format_duration(profile.max_ttl);
    out["deadline"] = format_duration(profile.deadline);
    out["recheck"] = shown_recheck(profile.recheck);
    out["stores"] = json::array(profile.stores.begin(), profile.stores.end());
    return out;
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
