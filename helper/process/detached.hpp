// Work that goes on after the call: our own commands, started in a session of their own.
#pragma once

#include <string>

namespace leasehold::helper {

// Starts `PROGRAM COMMAND --profile PROFILE` in a session of its own with no descriptor of ours;
// the caller goes on at once and nobody waits for it. KUBERNETES_EXEC_INFO is not handed on.
void start_detached(const std::string& program, const char* command, const std::string& profile,
                    char* const* environment) noexcept;

// Whether this process was started so: it holds the sealed mark on descriptor 3 that
// start_detached() gives, and that no client's arguments or environment can.
[[nodiscard]] bool is_started_detached() noexcept;

} // namespace leasehold::helper
