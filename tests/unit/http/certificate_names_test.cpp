#include "src/http/certificate_names.hpp"
#include "tests/unit/http/made_certificate.hpp"

#include <gtest/gtest.h>

namespace leasehold::http {
namespace {

constexpr UnixTime end = 1'800'000'000;

TEST(CertificateNames, AreSubjectAndIssuerOfTheFirst) {
    const KeyPtr key = made_elliptic_key();
    const std::string pem = certificate_pem(key, "a,b", "root", end);
    EXPECT_EQ(certificate_names(pem), "CN=a\\,b\nCN=root");
    EXPECT_EQ(certificate_names(pem + certificate_pem(key, "other", "other", end)),
              "CN=a\\,b\nCN=root");
}

TEST(CertificateNames, MayBeEmpty) {
    const KeyPtr key = made_elliptic_key();
    EXPECT_EQ(certificate_names(certificate_pem(key, "", "root", end)), "\nCN=root");
    EXPECT_EQ(certificate_names(certificate_pem(key, "", "", end)), "\n");
}

TEST(CertificateNames, TellWhenItEnds) {
    const KeyPtr key = made_elliptic_key();
    EXPECT_EQ(certificate_end(certificate_pem(key, "a", "a", end)), end);
}

TEST(CertificateNames, AreNoneOfWhatIsNoCertificate) {
    const KeyPtr key = made_elliptic_key();
    for (const std::string& text :
         {std::string(), std::string("nonsense"), key_pem(key),
          std::string("-----BEGIN CERTIFICATE-----\nb25l\n-----END CERTIFICATE-----\n")}) {
        EXPECT_EQ(certificate_names(text), std::nullopt) << text;
        EXPECT_EQ(certificate_end(text), std::nullopt) << text;
        EXPECT_FALSE(is_key_of(key_pem(key), text)) << text;
    }
}

TEST(CertificateNames, AKeyIsTheCertificatesOwnOrIsNot) {
    const KeyPtr key = made_elliptic_key();
    const std::string pem = certificate_pem(key, "a", "a", end);
    EXPECT_TRUE(is_key_of(key_pem(key), pem));
    EXPECT_FALSE(is_key_of(key_pem(made_elliptic_key()), pem));
    EXPECT_FALSE(is_key_of(key_pem(made_rsa_key()), pem));
    EXPECT_FALSE(is_key_of(key_pem(key, "secret"), pem)) << "nobody is asked";
    EXPECT_FALSE(is_key_of("", pem));
}

} // namespace
} // namespace leasehold::http
