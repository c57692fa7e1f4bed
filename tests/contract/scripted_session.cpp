#include "tests/contract/scripted_session.hpp"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <memory>

namespace leasehold::test {
namespace {

constexpr int group_size = 128; // bytes
constexpr std::size_t block = 16;

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

const unsigned char* bytes_of(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string to_bytes(const Number& number) {
    std::string bytes(group_size, '\0');
    BN_bn2binpad(number.get(), reinterpret_cast<unsigned char*>(bytes.data()), group_size);
    return bytes;
}

std::string hmac(const std::string& key, const std::string& text) {
    std::string digest(32, '\0');
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()), nullptr);
    return digest;
}

// HKDF (RFC 5869) with no salt and no info, one block of it.
std::string session_key(const std::string& shared) {
    return hmac(hmac(std::string(32, '\0'), shared), "\x01").substr(0, block);
}

std::string cipher(bool encrypt, const std::string& key, const std::string& iv,
                   const std::string& text) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
        EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    std::string out(text.size() + block, '\0');
    auto* at = reinterpret_cast<unsigned char*>(out.data());
    int size = 0;
    int rest = 0;
    EVP_CipherInit_ex(context.get(), EVP_aes_128_cbc(), nullptr, bytes_of(key), bytes_of(iv),
                      encrypt ? 1 : 0);
    EVP_CipherUpdate(context.get(), at, &size, bytes_of(text), static_cast<int>(text.size()));
    if (EVP_CipherFinal_ex(context.get(), at + size, &rest) != 1)
        return {};
    out.resize(static_cast<std::size_t>(size + rest));
    return out;
}

GVariant* byte_array(const std::string& bytes) {
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, bytes.data(), bytes.size(), 1);
}

std::string child_bytes(GVariant* tuple, gsize index) {
    GVariant* child = g_variant_get_child_value(tuple, index);
    gsize size = 0;
    const auto* bytes = static_cast<const char*>(g_variant_get_fixed_array(child, &size, 1));
    std::string text(bytes, size);
    g_variant_unref(child);
    return text;
}

} // namespace

ScriptedSession::ScriptedSession(std::string path, const std::string& peer_public_key)
    : path_(std::move(path)) {
    const Number prime(BN_get_rfc2409_prime_1024(nullptr), BN_free);
    const Number own(BN_new(), BN_free);
    const Number base(BN_new(), BN_free);
    const Number result(BN_new(), BN_free);
    const Number peer(
        BN_bin2bn(bytes_of(peer_public_key), static_cast<int>(peer_public_key.size()), nullptr),
        BN_free);
    const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context(BN_CTX_new(), BN_CTX_free);
    BN_rand_range(own.get(), prime.get());
    BN_set_word(base.get(), 2);
    BN_mod_exp(result.get(), base.get(), own.get(), prime.get(), context.get());
    public_key_ = to_bytes(result);
    BN_mod_exp(result.get(), peer.get(), own.get(), prime.get(), context.get());
    key_ = session_key(to_bytes(result));
}

GVariant* ScriptedSession::public_key() const {
    return byte_array(public_key_);
}

GVariant* ScriptedSession::seal(const std::string& secret, bool wrong_key) const {
    std::string iv(block, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(iv.data()), static_cast<int>(iv.size()));
    const std::string key = wrong_key ? std::string(block, 'w') : key_;
    return g_variant_new("(o@ay@ays)", path_.c_str(), byte_array(iv),
                         byte_array(cipher(true, key, iv, secret)), "text/plain");
}

std::string ScriptedSession::open(GVariant* secret) const {
    return cipher(false, key_, child_bytes(secret, 1), child_bytes(secret, 2));
}

} // namespace leasehold::test
