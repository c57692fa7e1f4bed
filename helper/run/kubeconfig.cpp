#include "helper/run/kubeconfig.hpp"

#include "helper/lease_book/plain_kubeconfig.hpp"
#include "kubeconfig/document/entry.hpp"
#include "src/base/base64.hpp"
#include "src/base/hostile_text.hpp"

#include <boost/json/array.hpp>

namespace leasehold::helper {
namespace {

namespace json = boost::json;

// A client would not start the plugin with more.
Result<void> check_ca(const lease::Profile& profile) {
    LEASEHOLD_TRY_ASSIGN(const std::string ca, lease::load_cluster_ca(profile.cluster));
    kubeconfig::Entry entry;
    entry.server = profile.cluster.server.text();
    entry.certificate_authority_data = base64_encode(ca);
    if (!kubeconfig::too_large_for_cluster_info(entry))
        return {};
    return make_error(ErrorCode::configuration,
                      "the CA of profile " + quoted(profile.name) +
                          " is too large to be passed to a plugin",
                      "give --token-file");
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
    std::vector<PlainContext> contexts;
    for (const RunProfile& one : profiles) {
        if (user != RunUser::token_file)
            LEASEHOLD_TRY(check_ca(one.profile));
        contexts.push_back({one.profile, user_of(process, run, one.profile, user), ""});
    }
    return plain_kubeconfig(contexts);
}

} // namespace leasehold::helper
