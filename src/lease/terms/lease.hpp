// What is wanted and what was granted, in words that hold for every provider.
#pragma once

#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/base/key_pair.hpp"
#include "src/base/secret.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::lease {

// What one call wants beyond what its profile says. Values are checked against the profile's
// limits (max-ttl, allowed namespaces) before a provider sees them.
struct LeaseRequest {
    Seconds ttl{0}; // 0: what the server takes for a request that names none
    std::string namespace_;
    std::vector<std::string> audiences;
    Seconds longest{0};      // with ttl 0: a longer lease is not wanted
    std::string reason = {}; // why, for people: on the lease, where it has a place there
};

// Of a reason, in bytes.
inline constexpr std::size_t longest_reason = 256;

// A credential and what is known of it. Move-only, as its token is.
struct Lease {
    Secret token;
    std::string id;            // the provider's name for the lease; the JWT's jti where it has none
    std::string subject;       // system:serviceaccount:NAMESPACE:NAME
    std::string credential_id; // the JWT's jti
    std::string issuer;
    std::vector<std::string> audiences;
    Seconds life{0};                   // from issue to the earliest end that server and token name
    UnixTime issued = 0;               // by the local clock, taken before the request was sent
    UnixTime expires = 0;              // issued + life: the end by the local clock
    std::optional<Seconds> clock_skew; // server's clock minus ours, where the server told it
    std::vector<std::string> warnings; // the server's, made safe to show
    std::string namespace_;            // where its objects are; "" if it has none
    bool own_account = false;          // made for this lease, and known to be
    bool revocable = false;            // `lease revoke` ends the token before its expiry
    bool revocable_known = true;       // false: nobody has told yet whether it does
    std::string why_not_revocable;     // for people, where that could be otherwise
    KeyPair pair = {};                 // in place of the token, or beside it
};

// Who grants leases. One attempt within the deadline; nothing is cached here.
class LeaseProvider {
public:
    virtual ~LeaseProvider() = default;
    [[nodiscard]] virtual Result<Lease> lease(const LeaseRequest& request, Deadline deadline) = 0;
};

} // namespace leasehold::lease
