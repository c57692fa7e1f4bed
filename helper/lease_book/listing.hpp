// The leases that the stores hold, as data: for `lease list` and `cache list`.
#pragma once

#include "helper/process/edges.hpp"
#include "src/base/clock.hpp"
#include "src/base/error.hpp"
#include "src/lease/profile/profile.hpp"
#include "src/lease/terms/lease.hpp"

#include <boost/json/value.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace leasehold::helper {

struct ListedLease {
    std::string id;
    std::string profile;
    std::string server;
    std::string subject;
    UnixTime issued = 0;  // by the local clock
    UnixTime expires = 0; // likewise; what clients are told is a little earlier
    std::string state;    // of the cached token: fresh, due (for renewal), spent
    std::string jti;
    bool revocable = false;
    bool revocable_known = true;
    std::vector<std::string> stores;
    std::string namespace_ = {}; // of its objects; "" if it has none
    bool ended = false;          // its time is over
};

// The stores that this user's profiles name, each once, with the usual ones; or those of one
// profile.
[[nodiscard]] Result<std::vector<std::string>>
store_names(const Process& process, const std::optional<std::string>& profile);

// Of all stores that the profiles name, or of one profile's. The same lease in two stores is one
// row. Stores that cannot be asked are said on stderr and left out.
[[nodiscard]] Result<std::vector<ListedLease>>
list_leases(const Process& process, const std::optional<std::string>& profile);

// The ids of those that a look finds: no store is asked that a program must be started for, and
// none that cannot be asked is told of.
[[nodiscard]] std::set<std::string> lease_ids_at_hand(const Process& process);

// Takes them out of every store, or only those with this id; the number of leases forgotten.
[[nodiscard]] Result<std::size_t> clear_leases(const Process& process,
                                               const std::optional<std::string>& profile,
                                               const std::optional<std::string>& id = {});
// The cached tokens of those of a profile's leases of which nobody has told whether they can be
// revoked, by id.
[[nodiscard]] std::map<std::string, Secret>
unsure_tokens(const Process& process, const std::string& profile, const std::set<std::string>& ids);
// Takes the leases of these ids out of every store, whichever profile they are kept for.
void forget_leases(const Process& process, const std::set<std::string>& ids);

// "forgot 2 tokens\n", for people.
[[nodiscard]] std::string forgotten_text(std::size_t count);

// Puts another token under the keys of the cached lease of this id; the number of keys.
[[nodiscard]] Result<std::size_t> replace_lease(const Process& process,
                                                const lease::Profile& profile,
                                                const std::string& id, const lease::Lease& lease,
                                                Instant asked);

[[nodiscard]] boost::json::array leases_json(const std::vector<ListedLease>& leases);

} // namespace leasehold::helper
