// The first thing either program does: nothing of it may end in a core dump, another process's
// debugger, or a descriptor that was closed by the caller.
#pragma once

namespace leasehold::helper {

// No core dumps, no ptrace by the same user (F24), files private by default, descriptors 0 to 2
// open, SIGXFSZ ignored. False if the program runs with more rights than its caller (setuid,
// setgid, file capabilities), which it refuses.
[[nodiscard]] bool harden_process() noexcept;

} // namespace leasehold::helper
