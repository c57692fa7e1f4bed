// A client certificate and its key, in files.
#pragma once

#include "src/base/error.hpp"
#include "src/http/client.hpp"

#include <string>

namespace leasehold::lease::identity {

struct CertificateFiles {
    std::string certificate; // PEM; may be readable by others
    std::string key;         // PEM; the user's own and closed to others
};

// Both, read afresh.
[[nodiscard]] Result<http::ClientCertificate>
read_client_certificate(const CertificateFiles& files);

} // namespace leasehold::lease::identity
