// SHA-256 (FIPS 180-4), and HMAC (RFC 2104) with it and with SHA-1, by nettle, whose static library
// also serves the front program.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace leasehold {

using Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Digest sha256(std::string_view bytes);
[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view bytes);
// For signatures that a service still wants this way; HMAC does not rest on what SHA-1 has lost.
[[nodiscard]] std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, std::string_view bytes);
[[nodiscard]] std::string to_hex(const Digest& digest);
[[nodiscard]] inline std::string sha256_hex(std::string_view bytes) {
    return to_hex(sha256(bytes));
}

} // namespace leasehold
