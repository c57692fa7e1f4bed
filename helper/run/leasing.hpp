// Leases that belong to one run of `leasehold exec`: made for it, kept in its files, ended with it.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/run/files.hpp"
#include "src/base/clock.hpp"
#include "src/base/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::helper {

// How the run leases.
struct RunLeasing {
    bool shared = false;     // through this user's stores, like everybody; nothing is ended then
    bool token_file = false; // the token is kept in a file, too
    std::optional<Seconds> ttl = {};
    std::optional<std::string> reason = {}; // instead of the profiles'
    bool verbose = false;
};

// What a lease that was just made is like.
struct RunLease {
    cache::Lifetime lifetime;
    UnixTime ends = 0;
    std::string why_not_revocable = {};
    std::vector<std::string> warnings = {}; // the server's
};

// Leases for the run's profile `name` and keeps what it got in the run's files. `renew`: an older
// lease is there. The profile's deadline holds, behind it the watchdog.
[[nodiscard]] Result<RunLease> lease_for_run(const Process& process, const RunFiles& run,
                                             const std::string& name, const RunLeasing& how,
                                             bool renew);

// Ends every lease that the run has or may have for the profile, within its deadline. What could
// not be ended stays noted in the run's files, and is told: when its token ends by itself.
[[nodiscard]] Result<void> end_runs_leases(const Process& process, const RunFiles& run,
                                           const std::string& name, bool verbose);

} // namespace leasehold::helper
