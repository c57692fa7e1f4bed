// The embedded provider: TokenRequest straight at the API server, no server of ours in between.
#pragma once

#include "src/lease/lease.hpp"
#include "src/lease/requester.hpp"

#include <functional>
#include <memory>

namespace leasehold::lease {

// Makes the connection to a server; tests give one that answers from a script.
using Connector = std::function<std::unique_ptr<http::HttpClient>(http::Server)>;

// Leases for `profile`, whose provider is "kubernetes". `clock` tells the local time of issue.
// Referenced objects must outlive the provider.
[[nodiscard]] std::unique_ptr<LeaseProvider> make_kubernetes_provider(const Profile& profile,
                                                                      RequesterEnvironment outside,
                                                                      Connector connect,
                                                                      const Clock& clock);

} // namespace leasehold::lease
