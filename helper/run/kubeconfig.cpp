#include "helper/run/kubeconfig.hpp"

#include "helper/terminal/text.hpp"
#include "kubeconfig/document/entry.hpp"
#include "src/base/base64.hpp"
#include "src/base/hostile_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace leasehold::helper {
namespace {

namespace json = boost::json;

// A client would not start the plugin with more.
Result<void> check_ca(const std::string& ca_data, const lease::Profile& profile, RunUser user) {
    kubeconfig::Entry entry;
    entry.server = profile.cluster.server.text();
    entry.certificate_authority_data = ca_data;
    if (user == RunUser::token_file || !kubeconfig::too_large_for_cluster_info(entry))
        return {};
    return make_error(ErrorCode::configuration,
                      "the CA of profile " + quoted(profile.name) +
                          " is too large to be passed to a plugin",
                      "give --token-file");
}

Result<json::object> cluster_of(const lease::Profile& profile, RunUser user) {
    LEASEHOLD_TRY_ASSIGN(const std::string ca, lease::load_cluster_ca(profile.cluster));
    const std::string data = ca.empty() ? "" : base64_encode(ca);
    LEASEHOLD_TRY(check_ca(data, profile, user));
    json::object cluster{{"server", profile.cluster.server.text()}};
    if (!data.empty())
        cluster["certificate-authority-data"] = data;
    if (!profile.cluster.tls_server_name.empty())
        cluster["tls-server-name"] = profile.cluster.tls_server_name;
    if (profile.cluster.proxy) {
        Url proxy = *profile.cluster.proxy;
        if (proxy.scheme == "socks5h")
            proxy.scheme = "socks5"; // which is socks5h to kubectl, and all that it knows
        cluster["proxy-url"] = proxy.text();
    }
    return cluster;
}

json::object user_of(const Process& process, const RunFiles& run, const lease::Profile& profile,
                     RunUser user) {
    if (user == RunUser::token_file)
        return {{"tokenFile", run.token_path(profile.name)}};
    json::array arguments{"credential", "--profile", profile.name};
    if (user == RunUser::plugin)
        arguments.insert(arguments.end(), {"--run", run.id()});
    return {{"exec", json::object{{"apiVersion", "client.authentication.k8s.io/v1"},
                                  {"command", process.front},
                                  {"args", std::move(arguments)},
                                  {"interactiveMode", "Never"},
                                  {"provideClusterInfo", true}}}};
}

} // namespace

Result<std::string> run_kubeconfig(const Process& process, const RunFiles& run,
                                   const std::vector<RunProfile>& profiles, RunUser user) {
    json::array clusters;
    json::array users;
    json::array contexts;
    for (const RunProfile& one : profiles) {
        const lease::Profile& profile = one.profile;
        const std::string ours = "leasehold-" + profile.name;
        LEASEHOLD_TRY_ASSIGN(json::object cluster, cluster_of(profile, user));
        clusters.push_back(json::object{{"name", ours}, {"cluster", std::move(cluster)}});
        users.push_back(
            json::object{{"name", ours}, {"user", user_of(process, run, profile, user)}});
        json::object context{{"cluster", ours}, {"user", ours}};
        if (const std::string space = profile.terms.default_namespace(); !space.empty())
            context["namespace"] = space;
        contexts.push_back(json::object{{"name", profile.name}, {"context", std::move(context)}});
    }
    return to_yaml(json::object{{"apiVersion", "v1"},
                                {"kind", "Config"},
                                {"clusters", std::move(clusters)},
                                {"users", std::move(users)},
                                {"contexts", std::move(contexts)},
                                {"current-context", profiles.front().profile.name}});
}

} // namespace leasehold::helper
