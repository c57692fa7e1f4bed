// One finding of `profile check` or `doctor`.
#pragma once

#include "src/base/error.hpp"

#include <string>
#include <string_view>

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

[[nodiscard]] CheckStep ok_step(std::string name, std::string finding);
[[nodiscard]] CheckStep warning_step(std::string name, std::string finding, std::string hint);
[[nodiscard]] CheckStep failed_step(std::string name, Error error);

} // namespace leasehold::helper
