// Sessions that are kept for a provider's logins: of one identity, for all profiles that log in as
// it.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/providers/side/side.hpp"
#include "src/lease/profile/profile.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <vector>

namespace leasehold::helper {

struct ListedSession {
    std::string server;       // where it is good
    std::string identity;     // whose it is, in the provider's words
    bool owns_leases = false; // they end when it is ended
    UnixTime issued = 0;
    UnixTime expires = 0; // when it is forgotten here
    std::vector<std::string> stores;
};

[[nodiscard]] Result<std::vector<ListedSession>> list_sessions(const Process& process);

// Ends all that own no leases: at their servers where a profile reaches them, asked once and
// briefly, and in every store. How many there were. Those that own some are for `logout` to end:
// what is only forgotten here is to go on elsewhere, and a login may take a person.
[[nodiscard]] Result<std::size_t> end_sessions(const Process& process);

// The first profile that has the same session as `side`; "" if none has, or the provider's are not
// shared. `but`: a profile that does not count.
[[nodiscard]] Result<std::string> sharing_profile(const Process& process, const ProviderSide& side,
                                                  const std::string& but);

// After a profile was written over `old`: its session, unless a profile still has it.
void end_session_of_replaced(const Process& process, lease::Profile old);

[[nodiscard]] boost::json::array sessions_json(const std::vector<ListedSession>& sessions);

} // namespace leasehold::helper
