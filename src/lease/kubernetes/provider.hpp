// The embedded provider: TokenRequest straight at the API server, no server of ours in between.
#pragma once

#include "src/lease/kubernetes/api/requester.hpp"
#include "src/lease/kubernetes/api/server.hpp"
#include "src/lease/kubernetes/record.hpp"
#include "src/lease/terms/intents.hpp"
#include "src/lease/terms/lease.hpp"

#include <functional>
#include <memory>

namespace leasehold::lease {

// What the provider is told of its surroundings, and what it wants remembered between calls.
struct LeaseKeeping {
    LeaseHolder holder;
    // Whether the requester was lately refused to create Secrets, which a profile that does not say
    // `revocable` takes as an answer.
    std::function<bool()> secrets_refused = [] { return false; };
    std::function<void()> remember_secrets_refused = [] {};
    LeaseIntents intents = {};
    // Whether the person does not want the lease any more: it is taken back.
    std::function<bool()> interrupted = [] { return false; };
};

// Leases for `profile`, whose provider is "kubernetes". `clock` tells the local time of issue.
// Referenced objects must outlive the provider.
[[nodiscard]] std::unique_ptr<LeaseProvider>
make_kubernetes_provider(const KubernetesProfile& profile, RequesterEnvironment outside,
                         LeaseKeeping keeping, Connector connect, const Clock& clock);

} // namespace leasehold::lease
