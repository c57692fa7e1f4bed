#include "helper/lease_book/plain_kubeconfig.hpp"

#include "helper/terminal/text.hpp"
#include "src/base/base64.hpp"

#include <boost/json/array.hpp>

namespace leasehold::helper {
namespace {

namespace json = boost::json;

Result<json::object> cluster_of(const lease::Profile& profile) {
    LEASEHOLD_TRY_ASSIGN(const std::string ca, lease::load_cluster_ca(profile.cluster));
    json::object cluster{{"server", profile.cluster.server.text()}};
    if (!ca.empty())
        cluster["certificate-authority-data"] = base64_encode(ca);
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

} // namespace

Result<std::string> plain_kubeconfig(const std::vector<PlainContext>& contexts) {
    json::array clusters;
    json::array users;
    json::array list;
    for (const PlainContext& one : contexts) {
        const std::string ours = "leasehold-" + one.profile.name;
        LEASEHOLD_TRY_ASSIGN(json::object cluster, cluster_of(one.profile));
        clusters.push_back(json::object{{"name", ours}, {"cluster", std::move(cluster)}});
        users.push_back(json::object{{"name", ours}, {"user", one.user}});
        json::object context{{"cluster", ours}, {"user", ours}};
        const std::string space =
            one.namespace_.empty() ? one.profile.terms.default_namespace() : one.namespace_;
        if (!space.empty())
            context["namespace"] = space;
        list.push_back(json::object{{"name", one.profile.name}, {"context", std::move(context)}});
    }
    return to_yaml(json::object{{"apiVersion", "v1"},
                                {"kind", "Config"},
                                {"clusters", std::move(clusters)},
                                {"users", std::move(users)},
                                {"contexts", std::move(list)},
                                {"current-context", contexts.front().profile.name}});
}

} // namespace leasehold::helper
