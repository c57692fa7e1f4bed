#include "src/http/certificate_names.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <limits>
#include <memory>

namespace leasehold::http {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&::BIO_free)>;

std::optional<std::string> text_of(const X509_NAME* name) {
    const Bio out(::BIO_new(::BIO_s_mem()), ::BIO_free);
    if (!out || ::X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253) < 0)
        return std::nullopt;
    char* data = nullptr;
    const long length = BIO_get_mem_data(out.get(), &data);
    return std::string(data, static_cast<std::size_t>(length));
}

} // namespace

std::optional<std::string> certificate_names(std::string_view pem) {
    if (pem.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        return std::nullopt;
    const Bio in(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), ::BIO_free);
    const std::unique_ptr<X509, decltype(&::X509_free)> certificate(
        in ? ::PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr, ::X509_free);
    if (!certificate)
        return std::nullopt;
    const auto subject = text_of(::X509_get_subject_name(certificate.get()));
    const auto issuer = text_of(::X509_get_issuer_name(certificate.get()));
    if (!subject || !issuer)
        return std::nullopt;
    return *subject + '\n' + *issuer;
}

} // namespace leasehold::http
