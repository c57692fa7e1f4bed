// Which names the authorities of a chain may vouch for (RFC 5280, section 4.2.1.10).
#pragma once

#include "src/http/openssl.hpp"

#include <vector>

namespace leasehold::http {

// Holds every name below a certificate with constraints against them. X509_V_OK or X509_V_ERR_….
[[nodiscard]] int check_name_constraints(const std::vector<X509*>& chain);

} // namespace leasehold::http
