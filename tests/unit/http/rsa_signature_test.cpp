#include "src/http/rsa_signature.hpp"
#include "tests/unit/http/made_certificate.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace leasehold::http {
namespace {

bool verifies(const KeyPtr& key, const std::string& text, const std::string& signature) {
    const std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                            signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                            text.size()) == 1;
}

TEST(RsaSignature, IsOneThatTheKeyVerifies) {
    const KeyPtr key = made_rsa_key();
    const auto signature = sign_rsa_sha256(Secret(key_pem(key)), {}, "a text", "the file");
    ASSERT_TRUE(signature);
    EXPECT_TRUE(verifies(key, "a text", *signature));
    EXPECT_FALSE(verifies(key, "another", *signature));
}

// The longest that OpenSSL takes (PEM_BUFSIZE) is taken.
TEST(RsaSignature, APassphraseOpensTheKey) {
    const KeyPtr key = made_rsa_key();
    for (const std::size_t size : {1U, 100U, 1024U}) {
        const std::string passphrase(size, 'p');
        const auto signature = sign_rsa_sha256(Secret(key_pem(key, passphrase)), Secret(passphrase),
                                               "a text", "the file");
        ASSERT_TRUE(signature) << size;
        EXPECT_TRUE(verifies(key, "a text", *signature)) << size;
    }
}

TEST(RsaSignature, IsNoneOfAnotherKey) {
    const KeyPtr key = made_rsa_key();
    const auto refused = [](const std::string& pem, const std::string& passphrase) {
        const auto signature = sign_rsa_sha256(Secret(pem), Secret(passphrase), "text", "the file");
        return signature ? "" : signature.error().message;
    };
    const std::string none = "the file holds no private key in PEM, or one with another passphrase";
    EXPECT_EQ(refused("", ""), none);
    EXPECT_EQ(refused("nonsense", ""), none);
    EXPECT_EQ(refused(key_pem(key, "right"), "wrong"), none);
    EXPECT_EQ(refused(key_pem(key, "right"), ""), none);
    EXPECT_EQ(refused(key_pem(key, "right"), std::string(1025, 'x')), none);
    EXPECT_EQ(refused(key_pem(made_elliptic_key()), ""), "the file holds no RSA key");
}

} // namespace
} // namespace leasehold::http
