// Opens what a command needs before it runs.
#pragma once

#include "helper/commands/command.hpp"

namespace leasehold::helper {

// The deadline of the call from now on, with the watchdog behind it. `server` is what will be
// waited for, for a terminal.
void open_deadline(Invocation& call, Seconds life, const std::string& server);

// The profile that the options name, else that of the current context; its deadline.
[[nodiscard]] Result<void> open_profile(Invocation& call);

// The same with its stores and its provider: `assembly` in place of `profile`.
[[nodiscard]] Result<void> open_assembly(Invocation& call);

} // namespace leasehold::helper
