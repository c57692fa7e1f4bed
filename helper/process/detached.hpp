// Work that goes on after the call: our own commands, started in a session of their own.
#pragma once

#include "helper/process/client_environment.hpp"
#include "src/base/environment.hpp"

#include <string>

namespace leasehold::helper {

// Starts `PROGRAM COMMAND --profile PROFILE` in a session of its own with no descriptor of ours;
// the caller goes on at once and nobody waits for it. KUBERNETES_EXEC_INFO is not handed on, but
// the other process learns who made this call.
void start_detached(const std::string& program, const char* command, const std::string& profile,
                    char* const* environment, const Caller& caller) noexcept;

// The same with an environment of which all counts.
void start_detached(const std::string& program, const char* command, const std::string& profile,
                    const Environment& environment);

} // namespace leasehold::helper
