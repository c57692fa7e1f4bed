// The first thing either program does: nothing of it may end in a core dump, another process's
// debugger, or a descriptor that was closed by the caller.
#pragma once

namespace leasehold::helper {

// No core dumps, no ptrace by the same user (F24), files private by default, descriptors 0 to 2
// open, SIGXFSZ ignored. False if the program runs with more rights than its caller (setuid,
// setgid, file capabilities), which it refuses.
[[nodiscard]] bool harden_process() noexcept;

// Neither this process nor anything it starts gains rights by a setuid program (SEC-1). For the
// full program: the front starts nothing else.
void forbid_new_privileges() noexcept;

} // namespace leasehold::helper
