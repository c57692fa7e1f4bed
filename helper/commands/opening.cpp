#include "helper/commands/opening.hpp"

#include "helper/commands/current_profile.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/terminal/keyring_prompt.hpp"

namespace leasehold::helper {

void open_deadline(Invocation& call, Seconds life, const std::string& server) {
    call.deadline = Deadline::after(life);
    announce("waiting for " + server);
    start_watchdog(*call.deadline);
}

Result<void> open_profile(Invocation& call) {
    LEASEHOLD_TRY_ASSIGN(const std::string name, profile_or_current(call.process, call.options));
    LEASEHOLD_TRY_ASSIGN(call.profile, load_profile(call.process, name));
    unlock_if_allowed(call.process, call.options, call.profile->stores);
    open_deadline(call, call.profile->deadline, call.profile->cluster.server.text());
    return {};
}

Result<void> open_assembly(Invocation& call) {
    LEASEHOLD_TRY(open_profile(call));
    call.assembly =
        std::make_unique<Assembly>(call.process, *std::move(call.profile), call.options.verbose());
    call.profile.reset();
    return {};
}

} // namespace leasehold::helper
