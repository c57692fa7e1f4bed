// How the steps of a check are shown, for `profile check` and `doctor`.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/providers/side/check_step.hpp"
#include "helper/terminal/text.hpp"

#include <string>
#include <vector>

namespace leasehold::helper {

// Tells what was found, as people at a terminal see it happen: one line a step with its hints
// below, and a last line with counts; or all of it at the end, as JSON or YAML.
class Report {
public:
    Report(Process& process, OutputFormat format) : process_(process), format_(format) {}

    // With `prefix` in front of each step's name.
    void add(const std::vector<CheckStep>& steps, const std::string& prefix = {});
    // 0, or the code of the first step that failed.
    [[nodiscard]] int finish();

private:
    Process& process_;
    OutputFormat format_;
    std::vector<CheckStep> steps_;
};

} // namespace leasehold::helper
