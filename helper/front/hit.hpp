// The hot path: a token from the kernel keyring or from memory, with nothing parsed but our own
// record.
#pragma once

#include "helper/exec_protocol/arguments.hpp"
#include "src/base/clock.hpp"
#include "src/base/secret.hpp"

#include <optional>
#include <string>

namespace leasehold::helper {

struct FrontHit {
    Secret json; // the ExecCredential to print
    // The command to start once it is printed, by start_behind(): the token is past its refresh
    // point, or its server should be asked about it. Null: none.
    const char* behind = nullptr;
};

// Empty on anything but a hit that needs no thought: profile file unchanged since it was checked
// for this very exec info, record whole and ours, token fresh. `environment` is main's envp.
[[nodiscard]] std::optional<FrontHit> look_for_hit(const CredentialArguments& arguments,
                                                   const char* const* environment,
                                                   const Clock& clock);

} // namespace leasehold::helper
