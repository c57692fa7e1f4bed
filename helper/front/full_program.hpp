// Handing over to the full program, which is found by our own place and by nothing else.
#pragma once

#include <string>

namespace leasehold::helper {

// PREFIX/libexec/leasehold/leasehold for a front at PREFIX/bin/leasehold; "" if the own
// place cannot be found out.
[[nodiscard]] std::string full_program_path();

// Replaces this process. Returns only if that failed, with the exit code, after saying why. A
// client's call loses the variables that the dynamic loader obeys: the front is static, and must
// not hand on to the full program what it does not obey itself (INP-2).
[[nodiscard]] int execute_full_program(char* const* argv, char** environment) noexcept;

// Starts `leasehold COMMAND --profile PROFILE` by start_detached(), after a hit.
void start_behind(const char* command, const std::string& profile, char** environment) noexcept;

} // namespace leasehold::helper
