#include "helper/upkeep/cached_step.hpp"

#include "helper/leasing/keys.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/process/edges.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/side/check_step.hpp"
#include "src/http/client.hpp"
#include "src/lease/kubernetes/api/token_check.hpp"

#include <algorithm>

namespace leasehold::helper {
namespace {

CheckStep refused_step(const lease::Profile& profile, const std::string& store) {
    std::string hint =
        "leasehold cache clear --profile " + profile.name + "; the next call leases anew";
    if (!profile.terms.audiences.empty())
        hint += " (a token for other audiences than the API server's is always refused)";
    return warning_step("cached token", "the API server refuses the token in the store " + store,
                        std::move(hint));
}

} // namespace

void check_cached_lease(std::vector<CheckStep>& steps, Assembly& assembly, const Process& process,
                        Deadline deadline) {
    if (std::any_of(steps.begin(), steps.end(),
                    [](const CheckStep& step) { return step.state == CheckStep::State::failed; }))
        return;
    const lease::Profile& profile = assembly.profile();
    const auto key = lease_key(process, profile, default_request(profile));
    const auto found = key ? assembly.parts().cache.find(key->key) : std::nullopt;
    if (!found)
        return;
    const auto connect = [](http::Server server) {
        return http::make_http_client(std::move(server));
    };
    const auto verdict = lease::check_token(profile.cluster, process.environment, connect,
                                            found->record.token, deadline, found->record.pair);
    if (verdict == lease::TokenVerdict::taken)
        steps.push_back(ok_step("cached token", "the API server takes it"));
    else if (verdict == lease::TokenVerdict::refused)
        steps.push_back(refused_step(profile, found->store));
}

} // namespace leasehold::helper
