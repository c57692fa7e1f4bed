// Random bytes of the kernel's, for keys, for names and for what is used once.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace leasehold {

// At most 256 bytes. False if the kernel gives none.
[[nodiscard]] bool fill_at_random(char* bytes, std::size_t size);

// That many bytes (256 at most), two hex digits each. Empty if the kernel gives none.
[[nodiscard]] std::optional<std::string> random_hex(std::size_t bytes);

// 16 hex digits for the name of a file that must not be there yet (O_EXCL): two that are the same
// harm nobody.
[[nodiscard]] std::string temporary_suffix();
inline constexpr std::size_t temporary_suffix_size = 16;

} // namespace leasehold
