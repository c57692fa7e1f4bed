// UTF-16, which PowerShell's redirections write, as UTF-8 and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace leasehold {

enum class TextEncoding { utf8, utf16_little, utf16_big };

// By the byte order mark at the front; a text without one is UTF-8.
[[nodiscard]] TextEncoding encoding_of(std::string_view bytes);

// The UTF-8 of `bytes`, their byte order mark kept as one of UTF-8. Empty for half a character.
// UTF-8 is given back as it is, whatever it holds.
[[nodiscard]] std::optional<std::string> to_utf8(std::string_view bytes, TextEncoding encoding);

// The reverse, for valid UTF-8 such as to_utf8() gives.
[[nodiscard]] std::string from_utf8(std::string_view text, TextEncoding encoding);

} // namespace leasehold
