// The user's own editor, on a file of ours.
#pragma once

#include "src/base/environment.hpp"
#include "src/base/error.hpp"

#include <string>

namespace leasehold::helper {

// Opens the file in VISUAL, else EDITOR, else vi, as a shell reads them, and waits for its end.
// An editor that cannot be started, or that fails, is an error (ErrorCode::configuration).
[[nodiscard]] Result<void> run_editor(const Environment& environment, const std::string& path);

} // namespace leasehold::helper
