// Texts sealed under a key: nobody without it can read them or change a bit of them unnoticed.
// ChaCha20-Poly1305 (RFC 8439) by nettle, whose static library also serves the front program.
#pragma once

#include "src/base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leasehold {

inline constexpr std::size_t seal_key_size = 32;
// How much longer than the text a sealed text is.
inline constexpr std::size_t seal_overhead = 12 + 16;

// A key from the kernel's random numbers. Empty if it gives none.
[[nodiscard]] std::optional<Secret> make_seal_key();

// Under a nonce at random, which is in the result: one key is good for 2^32 texts. `bound` is not
// in the result, and must be the same when it is opened. Empty without random numbers, or if the
// key is not of that size.
[[nodiscard]] std::optional<std::string> seal(std::string_view key, std::string_view bound,
                                              std::string_view text);

// Empty unless seal() made `sealed` with this key and `bound`.
[[nodiscard]] std::optional<Secret> unseal(std::string_view key, std::string_view bound,
                                           std::string_view sealed);

} // namespace leasehold
