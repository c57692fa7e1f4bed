#include "src/lease/identity/client_certificate.hpp"

#include "src/base/files.hpp"
#include "src/base/secret_file.hpp"

namespace leasehold::lease::identity {

Result<http::ClientCertificate> read_client_certificate(const CertificateFiles& files) {
    http::ClientCertificate pair;
    LEASEHOLD_TRY_ASSIGN(pair.certificate_pem,
                         read_file(files.certificate, {.limit = 1 << 20}, "client certificate"));
    LEASEHOLD_TRY_ASSIGN(pair.key_pem, read_secret_file(files.key, "client key"));
    return pair;
}

} // namespace leasehold::lease::identity
