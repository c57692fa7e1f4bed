// What the environment need not hold any longer once it has been read.
#pragma once

namespace leasehold::helper {

// Overwrites and takes away the variables whose names speak of a secret, so that they stand
// neither in /proc/PID/environ nor in what a child is given by mistake.
void erase_secrets(char** environment) noexcept;

} // namespace leasehold::helper
