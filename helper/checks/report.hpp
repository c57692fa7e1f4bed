// How the steps of a check are shown, for `profile check` and `doctor`.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/providers/check_step.hpp"
#include "helper/terminal/text.hpp"

#include <string_view>
#include <vector>

namespace leasehold::helper {

// Prints them: one line a step with its hints below, or as JSON or YAML.
void print_steps(Process& process, const std::vector<CheckStep>& steps, OutputFormat format);

// 0, or the code of the first step that failed.
[[nodiscard]] int exit_code(const std::vector<CheckStep>& steps);

} // namespace leasehold::helper
