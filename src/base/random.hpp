// Random bytes of the kernel's, for names and for what is used once.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace leasehold {

// That many bytes (256 at most), two hex digits each. Empty if the kernel gives none.
[[nodiscard]] std::optional<std::string> random_hex(std::size_t bytes);

} // namespace leasehold
