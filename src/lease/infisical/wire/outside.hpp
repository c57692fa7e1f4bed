// What logging in and leasing need from the world around.
#pragma once

#include "src/lease/identity/outside.hpp"

#include <functional>
#include <optional>
#include <string>

namespace leasehold::lease::infisical {

struct Outside : identity::Outside {
    // What Infisical's own CLI keeps in the Secret Service for an account; empty if nothing.
    std::function<Result<std::optional<Secret>>(const std::string& account)> cli_entry =
        [](const std::string&) { return std::optional<Secret>(); };
};

} // namespace leasehold::lease::infisical
