// PEM texts, read as Go's encoding/pem and crypto/x509 read them.
#pragma once

#include "src/http/openssl.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace leasehold::http {

// What the blocks "CERTIFICATE" of a text decode to, in their order. Blocks of other labels, with
// headers or that do not decode are passed over, and so is the text between: one bad block costs
// itself, not those after it.
[[nodiscard]] std::vector<std::string> certificate_blocks(std::string_view text);

// Null if the bytes are not one X.509 certificate in DER and nothing more.
[[nodiscard]] X509Ptr parse_certificate(std::string_view der);

} // namespace leasehold::http
