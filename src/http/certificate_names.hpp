// Whose a certificate is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace leasehold::http {

// Subject and issuer of the first certificate of a PEM text, each as RFC 2253 writes names, with
// a line break between. Empty if there is none that can be read.
[[nodiscard]] std::optional<std::string> certificate_names(std::string_view pem);

} // namespace leasehold::http
