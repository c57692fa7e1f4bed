// Which profile is meant where none is named: that of the context that kubectl uses now.
#pragma once

#include "helper/process/edges.hpp"
#include "helper/terminal/options.hpp"

#include <optional>
#include <string>

namespace leasehold::helper {

struct CurrentContext {
    std::string name;
    std::string file;    // the kubeconfig that it stands in
    std::string profile; // "" if the context is not leasehold's
};

// Empty where no kubeconfig that can be read says which context is current, or none has it.
[[nodiscard]] std::optional<CurrentContext> current_context(const Process& process);

// What NAME or --profile say, else the profile of the current context. Where that has none, an
// error that says so (ErrorCode::usage).
[[nodiscard]] Result<std::string> profile_or_current(const Process& process,
                                                     const Options& options);

} // namespace leasehold::helper
