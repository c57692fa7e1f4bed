// How help is laid out: its width, and the words that stand for values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace leasehold::helper {

// In characters: of the terminal, within what can be read; a pipe gets lines of a hundred.
[[nodiscard]] std::size_t help_width();

// Lines that fit, those after the first with `indent` in front; to a pipe as one.
[[nodiscard]] std::string wrapped(const std::string& text, const std::string& indent);

// What stands for the value of the option of this name: NAME, FILE, DURATION and so on.
[[nodiscard]] std::string value_word(std::string_view name);

} // namespace leasehold::helper
