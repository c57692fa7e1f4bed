#include "src/base/digest.hpp"
#include "src/base/jwe.hpp"

#include <gtest/gtest.h>

#include <string>

namespace leasehold {
namespace {

// Made by tests/support/jwe.py with 100 rounds.
constexpr std::string_view sealed =
    "eyJhbGciOiAiUEJFUzItSFMyNTYrQTEyOEtXIiwgImVuYyI6ICJBMjU2R0NNIiwgInAyYyI6IDEwMC"
    "wgInAycyI6ICJhSVRIa2pWMEJOMm5HOUc1IiwgImNyZWF0ZWQiOiAiMjAyNi0wMS0wMSJ9.B0QLg5M"
    "Z_PZvoG3DXtW7_mSoNQYwvAkkONtvUvLXyxlFq4w4-l0Zvg.INsfSQ6zM54S3ivo.-zwxxUm8WDIzz"
    "Xt7Lg.HOtNZ4bIPAykh9BA5dFNEQ";

Secret password(std::string_view text) {
    return Secret(text);
}

TEST(Jwe, OpensWithItsPassword) {
    const auto opened = decrypt_password_jwe(sealed, password("correct horse"));
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->reveal(), "what was kept");
}

TEST(Jwe, StaysShutForAnother) {
    EXPECT_FALSE(decrypt_password_jwe(sealed, password("correct hors")));
    EXPECT_FALSE(decrypt_password_jwe(sealed, password("")));
}

TEST(Jwe, AnyChangeOfAnyPartShutsIt) {
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        std::string changed(sealed);
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(decrypt_password_jwe(changed, password("correct horse"))) << at;
    }
    for (const std::size_t length : {std::size_t(0), std::size_t(10), sealed.size() - 1})
        EXPECT_FALSE(decrypt_password_jwe(sealed.substr(0, length), password("correct horse")));
}

// RFC 4231, test case 2.
TEST(Hmac, OfAKnownText) {
    EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

} // namespace
} // namespace leasehold
