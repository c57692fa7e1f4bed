// Text that somebody else wrote, made safe to show: servers, files, daemons and plugins.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace leasehold {

// The first line of `text`, at most `limit` bytes, with control characters, escape sequences,
// invalid UTF-8 and Unicode format characters (bidirectional overrides, zero-width ones) written
// as \xNN or \u{NNNN}; "..." marks what was cut. At most 4 times `limit` and the dots.
[[nodiscard]] std::string hostile_text(std::string_view text, std::size_t limit = 256);

// The same in double quotes: for names inside a sentence.
[[nodiscard]] std::string quoted(std::string_view text, std::size_t limit = 256);

// Text of several lines, whole, with the same characters written in the same way; line feeds and
// tabs stay. What was made visible before is not changed.
[[nodiscard]] std::string visible_text(std::string_view text);

// One word of a POSIX shell's input that stands for `text`, for commands in hints: as it is where
// that is safe, else in quotes. Unprintable bytes are written as in bash and zsh, $'\xNN'.
[[nodiscard]] std::string shell_word(std::string_view text);

// JSON text, whole, in which the same characters are written as \uXXXX: they can only stand inside
// strings. Bytes that are no UTF-8 become \ufffd.
[[nodiscard]] std::string json_made_visible(std::string_view json);

} // namespace leasehold
