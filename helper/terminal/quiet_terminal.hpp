// A secret typed at the terminal, unseen.
#pragma once

#include "src/base/error.hpp"

#include <string>

namespace leasehold::helper {

// Writes `prompt` to the terminal `fd` and reads one line of at most `limit` bytes from it, with
// the echo off. However the call ends, also by a signal, the echo is as it was before; Ctrl-Z gives
// it back while the process is stopped, and prompts again; where no shell could continue the
// process it ends the call. ErrorCode::interrupted after SIGINT, SIGTERM, SIGHUP or SIGQUIT, unless
// they were ignored (nohup).
[[nodiscard]] Result<std::string> read_unseen_line(int fd, const std::string& prompt,
                                                   std::size_t limit);

} // namespace leasehold::helper
