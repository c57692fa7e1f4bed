// --allow-prompt: a person who runs a command may let the keyring ask for its password (SS-5).
#pragma once

#include "helper/process/edges.hpp"
#include "helper/terminal/options.hpp"

#include <string>
#include <vector>

namespace leasehold::helper {

void declare_prompt(Options& options);

// With --allow-prompt, and if the stores name the Secret Service, has a locked keyring unlocked,
// which can take a minute: to be called before the command's own deadline starts. What comes of it
// fails nothing; a keyring that stays locked is told on stderr, and the next store serves.
// Interruptions are taken by the watchdog from here on, and the command has a minute.
void unlock_if_allowed(const Process& process, const Options& options,
                       const std::vector<std::string>& stores);

} // namespace leasehold::helper
