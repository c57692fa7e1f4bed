// The requests to Infisical, without a socket. Paths are below the site, which ends in /api.
#pragma once

#include "src/http/client.hpp"
#include "src/lease/identity/login_proof.hpp"
#include "src/lease/infisical/settings/settings.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace leasehold::lease::infisical {

// POST /v1/auth/ROUTE/login: the proof's path is the route, such as "universal-auth". The
// organisation is added, named the way old and new servers call it.
[[nodiscard]] http::Request login_request(identity::LoginProof& proof,
                                          const std::string& organization_slug);
// POST /v1/auth/token/renew and /revoke, which take the access token in their body.
[[nodiscard]] http::Request renew_session_request(const Secret& token);
[[nodiscard]] http::Request revoke_session_request(const Secret& token);

// What a lease's record bears beside its namespace, so that its maker knows it again and people see
// who holds it. The server keeps it with the lease and makes nothing of it.
struct LeaseBearing {
    std::string mark; // "": the record bears nothing
    std::string profile;
    std::string holder;
};

// POST /v1/dynamic-secrets/leases. `ttl` is in the server's grammar; an empty one, for the
// definition's default, and an empty namespace are left out. The route for Kubernetes alone takes
// no bearing.
[[nodiscard]] http::Request create_lease_request(const InfisicalSettings& settings,
                                                 const std::string& ttl,
                                                 const std::string& namespace_,
                                                 const LeaseBearing& bearing = {});
[[nodiscard]] http::Request list_leases_request(const InfisicalSettings& settings);
[[nodiscard]] http::Request get_lease_request(const InfisicalSettings& settings,
                                              std::string_view id);
[[nodiscard]] http::Request renew_lease_request(const InfisicalSettings& settings,
                                                std::string_view id, const std::string& ttl);
// DELETE with a JSON body, which this server insists on.
[[nodiscard]] http::Request revoke_lease_request(const InfisicalSettings& settings,
                                                 std::string_view id, bool forced);

// A request with a JSON body, or with none where the body is null.
[[nodiscard]] http::Request json_request(std::string method, std::string target,
                                         const boost::json::value& body);
// ?projectSlug=...&environmentSlug=...&path=...
[[nodiscard]] std::string place_query(const InfisicalSettings& settings);
// The same three as members of a body.
[[nodiscard]] boost::json::object place_members(const InfisicalSettings& settings);

} // namespace leasehold::lease::infisical
