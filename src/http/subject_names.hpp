// The names that a certificate is for, held against the one that was asked for.
#pragma once

#include "src/http/openssl.hpp"

#include <openssl/asn1.h>

#include <string>
#include <string_view>
#include <vector>

namespace leasehold::http {

// The DNS names of its subjectAltName, as they are written there.
[[nodiscard]] std::vector<std::string> dns_names(X509* certificate);

// Whether its names are written as they must be: letters in ASCII, addresses of four or sixteen
// bytes. Go reads no certificate in which they are not.
[[nodiscard]] bool has_sound_names(X509* certificate);

// Whether the certificate is for `host`, a DNS name or an IP address. SANs only, addresses as
// addresses; "*" stands for one whole label, the first (Go's VerifyHostname).
[[nodiscard]] bool is_for(X509* certificate, const std::string& host);

// ASCII letters only.
[[nodiscard]] std::string lower_case(std::string_view text);

[[nodiscard]] std::string_view text_of(const ASN1_STRING* string);

} // namespace leasehold::http
