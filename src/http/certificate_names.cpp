#include "src/http/certificate_names.hpp"

#include "src/http/openssl.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <limits>

namespace leasehold::http {
namespace {

std::optional<std::string> text_of(const X509_NAME* name) {
    const BioPtr out(::BIO_new(::BIO_s_mem()));
    if (!out || ::X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253) < 0)
        return std::nullopt;
    char* data = nullptr;
    const long length = BIO_get_mem_data(out.get(), &data);
    return std::string(data, static_cast<std::size_t>(length));
}

BioPtr reader(std::string_view pem) {
    const bool fits = pem.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max());
    return BioPtr(fits ? ::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())) : nullptr);
}

X509Ptr first_certificate(std::string_view pem) {
    const BioPtr in = reader(pem);
    X509Ptr certificate(in ? ::PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr);
    ::ERR_clear_error();
    return certificate;
}

// Nobody is asked for the passphrase of a key that has one.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

} // namespace

std::optional<std::string> certificate_names(std::string_view pem) {
    const X509Ptr certificate = first_certificate(pem);
    if (!certificate)
        return std::nullopt;
    const auto subject = text_of(::X509_get_subject_name(certificate.get()));
    const auto issuer = text_of(::X509_get_issuer_name(certificate.get()));
    if (!subject || !issuer)
        return std::nullopt;
    return *subject + '\n' + *issuer;
}

std::optional<UnixTime> certificate_end(std::string_view pem) {
    const X509Ptr certificate = first_certificate(pem);
    std::tm parts{};
    if (!certificate || ::ASN1_TIME_to_tm(::X509_get0_notAfter(certificate.get()), &parts) != 1)
        return std::nullopt;
    return ::timegm(&parts);
}

bool is_key_of(std::string_view key_pem, std::string_view pem) {
    const X509Ptr certificate = first_certificate(pem);
    const BioPtr in = reader(key_pem);
    const KeyPtr key(in ? ::PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr)
                        : nullptr);
    const bool own =
        certificate && key && ::X509_check_private_key(certificate.get(), key.get()) == 1;
    ::ERR_clear_error();
    return own;
}

} // namespace leasehold::http
