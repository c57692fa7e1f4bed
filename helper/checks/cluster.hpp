// Asks the cluster whether a profile can work, step by step: reach, trust, identity, right.
#pragma once

#include "helper/providers/assembly.hpp"

#include <string>
#include <vector>

namespace leasehold::helper {

struct CheckStep {
    enum class State { ok, warning, failed };
    std::string name;
    State state = State::ok;
    std::string finding;
    std::string hint;                     // what to do about it
    ErrorCode code = ErrorCode::internal; // of a failure
};

[[nodiscard]] std::string_view to_text(CheckStep::State state);

// The steps up to the first that fails. A missing rule's hint is the manifest to apply; a rule
// without which leases work but cannot be revoked is a warning.
[[nodiscard]] std::vector<CheckStep> check_cluster(Assembly& assembly, const Clock& clock,
                                                   Deadline deadline);

} // namespace leasehold::helper
