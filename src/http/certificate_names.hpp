// Whose a certificate is, and until when.
#pragma once

#include "src/base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leasehold::http {

// Subject and issuer of the first certificate of a PEM text, each as RFC 2253 writes names, with
// a line break between. Empty if there is none that can be read.
[[nodiscard]] std::optional<std::string> certificate_names(std::string_view pem);

// When that certificate ends (notAfter). Empty likewise.
[[nodiscard]] std::optional<UnixTime> certificate_end(std::string_view pem);

// Whether a private key in PEM is that certificate's own.
[[nodiscard]] bool is_key_of(std::string_view key_pem, std::string_view pem);

} // namespace leasehold::http
