// What goes on behind a credential that was served: detached, started by leasehold itself alone.
#include "helper/commands/clients_profile.hpp"
#include "helper/commands/commands.hpp"
#include "helper/exec_protocol/arguments.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/upkeep/gone_profiles.hpp"
#include "helper/upkeep/self_heal.hpp"
#include "helper/upkeep/sweep.hpp"

namespace leasehold::helper {
namespace {

struct Behind {
    Deadline deadline; // the profile's, with the watchdog behind it
    std::unique_ptr<Assembly> assembly;
};

// By the words of the call that this goes on behind.
Result<Behind> open_behind(Invocation& call) {
    LEASEHOLD_TRY_ASSIGN(const CredentialArguments arguments,
                         parse_credential_arguments({call.words.begin(), call.words.end()}));
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile,
                         open_clients_profile(call.process, arguments, nullptr));
    const Deadline deadline = Deadline::after(profile.deadline);
    start_watchdog(deadline);
    return Behind{deadline, std::make_unique<Assembly>(call.process, std::move(profile), false)};
}

} // namespace

// After a token was served of which the server has not been asked for a while.
Result<int> run_check_in_background(Invocation& call) {
    LEASEHOLD_TRY_ASSIGN(const Behind behind, open_behind(call));
    const lease::Profile& profile = behind.assembly->profile();
    LEASEHOLD_TRY_ASSIGN(const LeaseKey key,
                         clients_key(call.process, profile, default_request(profile)));
    check_cached_token(*behind.assembly, key, call.process, behind.deadline);
    return 0;
}

Result<int> run_sweep_in_background(Invocation& call) {
    LEASEHOLD_TRY_ASSIGN(const Behind behind, open_behind(call));
    sweep(*behind.assembly, behind.deadline);
    sweep_notes_of_gone(call.process);
    return 0;
}

// After a token was served that is due for renewal.
Result<int> run_renew_in_background(Invocation& call) {
    LEASEHOLD_TRY_ASSIGN(const Behind behind, open_behind(call));
    Assembly& assembly = *behind.assembly;
    const lease::LeaseRequest wanted = default_request(assembly.profile());
    LEASEHOLD_TRY_ASSIGN(const LeaseKey key, clients_key(call.process, assembly.profile(), wanted));
    LEASEHOLD_TRY(obtain(assembly.parts(), assembly.profile(), wanted, key, Eagerness::renew,
                         behind.deadline));
    if (take_sweep(call.process, assembly.profile())) {
        sweep(assembly, behind.deadline);
        sweep_notes_of_gone(call.process);
    }
    return 0;
}

} // namespace leasehold::helper
