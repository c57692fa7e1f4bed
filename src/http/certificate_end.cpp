#include "src/http/certificate_end.hpp"

#include "src/http/pem.hpp"

#include <ctime>

namespace leasehold::http {

std::optional<UnixTime> certificate_end(std::string_view pem) {
    const auto blocks = certificate_blocks(pem);
    const X509Ptr certificate = blocks.empty() ? nullptr : parse_certificate(blocks.front());
    std::tm end{};
    if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1)
        return std::nullopt;
    return ::timegm(&end);
}

} // namespace leasehold::http
