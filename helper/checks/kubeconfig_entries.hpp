// What is wrong with the kubeconfig entries that are ours, for `kubeconfig list` and `doctor`.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/providers/side/check_step.hpp"
#include "kubeconfig/view/view.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leasehold::helper {

struct EntryProblem {
    std::string problem;
    std::string hint;
};

// What keeps clients from using this context of ours.
[[nodiscard]] std::vector<EntryProblem> entry_problems(const Process& process,
                                                       const kubeconfig::View& view,
                                                       const kubeconfig::ViewedFile& file,
                                                       const kubeconfig::Listed& context);

// A step for each kubeconfig that cannot be read and for each context of ours; of one profile's
// only, if `profile` is given.
[[nodiscard]] std::vector<CheckStep> check_entries(const Process& process,
                                                   const std::optional<std::string>& profile);

} // namespace leasehold::helper
