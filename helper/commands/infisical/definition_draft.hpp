// What the flags of `infisical definition create` and `update` say of a dynamic secret.
#pragma once

#include "src/base/error.hpp"

namespace leasehold::lease::infisical {
struct DefinitionDraft;
} // namespace leasehold::lease::infisical

namespace leasehold::helper {

class Options;
struct Process;

void declare_definition_inputs(Options& options);

// `complete`: a new one, so that what is not given has to be said, too. ErrorCode::usage for what
// no lease could be made from.
[[nodiscard]] Result<lease::infisical::DefinitionDraft>
read_definition_draft(const Process& process, const Options& options, bool complete);

} // namespace leasehold::helper
