// What Infisical's own CLI keeps in the Secret Service.
#pragma once

#include "src/base/error.hpp"
#include "src/base/secret.hpp"

#include <optional>
#include <string>

namespace leasehold::helper {

struct Process;

// The entry of an account; empty if there is none, or no such service.
[[nodiscard]] Result<std::optional<Secret>> find_cli_entry(const Process& process,
                                                           const std::string& account);

} // namespace leasehold::helper
