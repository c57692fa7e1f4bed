// What is remembered on this machine of the leases that a profile asked for. Infisical's records
// name no holder, and its list has everybody's: without this nothing tells one's own from others'.
#pragma once

#include "src/base/clock.hpp"

#include <string>
#include <vector>

namespace leasehold::lease::infisical {

// One lease. Never a token.
struct KnownLease {
    std::string mark;  // random, sent with the request and borne by the site's record; "": none
    std::string id;    // "" while the site has not told it
    std::string place; // of which dynamic secret (place_of())
    std::string jti = {};
    std::string subject = {};
    UnixTime asked = 0;
    UnixTime token_ends = 0;  // 0: not known
    UnixTime record_ends = 0; // of the site's record, which may outlive the token; 0: not known
    bool unused = false;      // its token reached nobody, and the lease may be there all the same
};

// Nothing here fails a call: what cannot be kept is not known later.
class LeaseMemory {
public:
    virtual ~LeaseMemory() = default;
    [[nodiscard]] virtual std::vector<KnownLease> all() = 0;
    // In place of what was remembered under the same mark, or the same id.
    virtual void remember(const KnownLease& lease) = 0;
    virtual void forget(const KnownLease& lease) = 0;
    // The longest TTL that a place allows, where it is shorter than what was asked for; 0: not
    // known to be.
    [[nodiscard]] virtual Seconds longest_ttl(const std::string& place) = 0;
    virtual void remember_longest_ttl(const std::string& place, Seconds ttl) = 0;
};

// Whose leases a provider makes and a book counts as its own.
struct Owner {
    LeaseMemory& memory;
    // For people, in the site's records: anybody who may lease can write others.
    std::string profile;
    std::string holder; // USER@HOST
};

// For how long whoever asked may still be waiting for the answer: no deadline is longer.
inline constexpr Seconds longest_asking{180};

} // namespace leasehold::lease::infisical
