// Certificates that are made for one test.
#pragma once

#include "src/base/clock.hpp"
#include "src/http/openssl.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <string>

namespace leasehold::http {

inline std::string text_in(const BioPtr& bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

inline KeyPtr made_rsa_key() {
    return KeyPtr(EVP_RSA_gen(2048));
}

inline KeyPtr made_elliptic_key() {
    return KeyPtr(EVP_EC_gen("P-256"));
}

// PKCS#8 in PEM, under the passphrase if there is one.
inline std::string key_pem(const KeyPtr& key, const std::string& passphrase = {}) {
    const BioPtr out(BIO_new(BIO_s_mem()));
    PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(),
                                  passphrase.empty() ? nullptr : EVP_aes_128_cbc(),
                                  passphrase.empty() ? nullptr : passphrase.data(),
                                  static_cast<int>(passphrase.size()), nullptr, nullptr);
    return text_in(out);
}

inline void name_it(X509_NAME* name, const std::string& common_name) {
    if (!common_name.empty())
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(common_name.data()),
                                   static_cast<int>(common_name.size()), -1, 0);
}

// Of this key and signed by it, in PEM; names without a common name are empty.
inline std::string certificate_pem(const KeyPtr& key, const std::string& subject,
                                   const std::string& issuer, UnixTime end) {
    const X509Ptr made(X509_new());
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 7);
    ASN1_TIME_set(X509_getm_notBefore(made.get()), end - 3600);
    ASN1_TIME_set(X509_getm_notAfter(made.get()), end);
    X509_set_pubkey(made.get(), key.get());
    name_it(X509_get_subject_name(made.get()), subject);
    name_it(X509_get_issuer_name(made.get()), issuer);
    X509_sign(made.get(), key.get(), EVP_sha256());
    const BioPtr out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), made.get());
    return text_in(out);
}

} // namespace leasehold::http
