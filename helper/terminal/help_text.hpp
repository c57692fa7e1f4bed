// How help is laid out: its width, and the words that stand for values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace leasehold::helper {

// In characters: of the terminal, within what can be read; a pipe gets lines of a hundred.
[[nodiscard]] std::size_t help_width();

// Lines that fit, those after the first with `indent` in front; to a pipe as one.
[[nodiscard]] std::string wrapped(const std::string& text, const std::string& indent);

// Commands as they are typed, indented, and an empty line below them; nothing for none.
[[nodiscard]] std::string example_lines(const std::vector<std::string>& examples);

// A term and what it means, beside it; on a terminal that is wrapped in its own column.
[[nodiscard]] std::string term_lines(const std::string& term, const std::string& meaning);

// What stands for the value of the option of this name: NAME, FILE, DURATION and so on.
[[nodiscard]] std::string value_word(std::string_view name);

} // namespace leasehold::helper
