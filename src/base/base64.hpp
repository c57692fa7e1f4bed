// Base64 and base64url (RFC 4648), strict: no white space, no stray bits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace leasehold {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
// Empty on any character outside the alphabet or wrong padding. Line breaks are taken, as the
// kubeconfigs of some tools have them.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);
// Without padding, as in JWTs (RFC 7515, section 2).
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

} // namespace leasehold
