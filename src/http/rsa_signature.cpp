#include "src/http/rsa_signature.hpp"

#include "src/http/openssl.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cstring>
#include <memory>

namespace leasehold::http {
namespace {

using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

// Nobody is asked on the terminal.
int give_passphrase(char* buffer, int size, int, void* argument) noexcept {
    const std::string_view text = static_cast<const Secret*>(argument)->reveal();
    if (text.empty() || text.size() > static_cast<std::size_t>(size))
        return -1;
    std::memcpy(buffer, text.data(), text.size());
    return static_cast<int>(text.size());
}

KeyPtr read_key(const Secret& pem, const Secret& passphrase) {
    const std::string_view text = pem.reveal();
    const BioPtr in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    // OpenSSL takes the argument as it was meant for the callback.
    KeyPtr key(in ? PEM_read_bio_PrivateKey(in.get(), nullptr, give_passphrase,
                                            const_cast<Secret*>(&passphrase))
                  : nullptr);
    ERR_clear_error();
    return key;
}

} // namespace

Result<std::string> sign_rsa_sha256(const Secret& key_pem, const Secret& passphrase,
                                    std::string_view text, const std::string& what) {
    (void)OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr); // TLS-7
    const KeyPtr key = read_key(key_pem, passphrase);
    if (!key)
        return make_error(ErrorCode::configuration,
                          what + " holds no private key in PEM, or one with another passphrase");
    if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
        return make_error(ErrorCode::configuration, what + " holds no RSA key");
    const DigestContext context(EVP_MD_CTX_new());
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    std::string signature;
    bool done = context &&
                EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1;
    done = done && EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) == 1;
    signature.resize(size);
    done = done && EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                                  &size, bytes, text.size()) == 1;
    ERR_clear_error();
    if (!done)
        return make_error(ErrorCode::configuration, "the key of " + what + " cannot sign");
    signature.resize(size);
    return signature;
}

} // namespace leasehold::http
