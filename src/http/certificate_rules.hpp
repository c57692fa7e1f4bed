// What one certificate, a pair or a finished chain must satisfy: the rules of Go's crypto/x509, by
// which kubectl judges the same server. docs/certificates.md has the differences.
#pragma once

#include "src/http/openssl.hpp"

#include <openssl/x509_vfy.h>

#include <cstddef>
#include <vector>

namespace leasehold::http {

// Where an issuer stands in a chain.
enum class Place { anchor, intermediate };

// From the server's own certificate up to the anchor.
using Chain = std::vector<X509*>;

// All results are X509_V_OK or the X509_V_ERR_… that says what is wrong.

// By itself, wherever it stands: read whole, in time, with a key that counts.
[[nodiscard]] int check_certificate(X509* certificate);

// Whether `issuer` has signed `child`, may sign, and may have `below` intermediates under it. Key
// identifiers do not count.
[[nodiscard]] int check_issuer(X509* child, X509* issuer, Place place, std::size_t below);

// Whether a whole chain is good for a server: extended key usages, name constraints, policies.
[[nodiscard]] int check_chain(const Chain& chain);

// Byte by byte, as Go does; OpenSSL folds case and white space.
[[nodiscard]] bool same_name(const X509_NAME* a, const X509_NAME* b);

} // namespace leasehold::http
