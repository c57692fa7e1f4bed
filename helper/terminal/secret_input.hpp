// Taking a secret from a person or a script: from a file, standard input or the terminal, never
// from an argument.
#pragma once

#include "helper/terminal/options.hpp"
#include "src/base/secret.hpp"

#include <string>

namespace leasehold::helper {

// Reads what --NAME-file or --NAME-stdin say, else asks on the terminal without echo. One line
// break at the end is cut off. `home` is what "~" in a file's path means.
[[nodiscard]] Result<Secret> read_secret_input(const Options& options, const std::string& name,
                                               const std::string& prompt, const std::string& home);

// What only a person can give: one line typed on the terminal without echo. ErrorCode::usage where
// there is no terminal.
[[nodiscard]] Result<Secret> ask_secret(const std::string& prompt);

// One line typed on the terminal, with echo; `fallback` if it is empty.
[[nodiscard]] Result<std::string> ask_line(const std::string& prompt, const std::string& fallback);

// On a terminal, and without --yes: says what will happen, and goes on only after "y" or "yes".
[[nodiscard]] Result<void> confirm(const Options& options, const std::string& what);

// True if a person can be asked: stdin and stderr are a terminal.
[[nodiscard]] bool can_ask();

} // namespace leasehold::helper
