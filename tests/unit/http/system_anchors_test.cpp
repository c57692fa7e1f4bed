#include "src/http/system_anchors.hpp"
#include "tests/support/private_directory.hpp"
#include "tests/unit/http/made_certificate.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace leasehold::http {
namespace {

class SystemAnchorsTest : public testing::Test {
protected:
    SystemAnchorsTest() { std::filesystem::create_directory(places_); }

    X509Ptr made(const std::string& subject, const std::string& file) {
        const std::string pem = certificate_pem(key_, subject, subject, 1'800'000'000);
        std::ofstream(file) << pem;
        const BioPtr in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
        return X509Ptr(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
    }

    // As `openssl rehash` names it.
    [[nodiscard]] std::string hashed(const std::string& subject, int number = 0) const {
        X509_NAME* name = X509_NAME_new();
        name_it(name, subject);
        std::array<char, 32> text{};
        (void)std::snprintf(text.data(), text.size(), "/%08lx.%d",
                            X509_NAME_hash_ex(name, nullptr, nullptr, nullptr), number);
        X509_NAME_free(name);
        return places_ + text.data();
    }

    static std::size_t found(Anchors& anchors, const X509Ptr& certificate) {
        return anchors.of(X509_get_subject_name(certificate.get())).size();
    }

    PrivateDirectory directory_;
    std::string file_ = directory_.path() + "/bundle.pem";
    std::string places_ = directory_.path() + "/certs";
    KeyPtr key_ = made_elliptic_key();
};

TEST_F(SystemAnchorsTest, HashedNamesComeFirstThenTheBundleThenEveryFile) {
    const X509Ptr named = made("named", hashed("named"));
    const X509Ptr bundled = made("bundled", file_);
    const X509Ptr unnamed = made("unnamed", places_ + "/unnamed.crt");
    const auto anchors = system_anchors(file_, places_);

    EXPECT_EQ(found(*anchors, named), 1U);
    EXPECT_EQ(found(*anchors, bundled), 0U);
    EXPECT_EQ(anchors->count(), 1U) << "more was read than was looked for";

    ASSERT_TRUE(anchors->look_further());
    EXPECT_EQ(found(*anchors, bundled), 1U);
    EXPECT_EQ(found(*anchors, unnamed), 0U);
    EXPECT_EQ(anchors->count(), 2U);

    ASSERT_TRUE(anchors->look_further());
    EXPECT_EQ(found(*anchors, unnamed), 1U);
    EXPECT_EQ(anchors->count(), 3U);
    EXPECT_FALSE(anchors->look_further());
}

TEST_F(SystemAnchorsTest, SeveralOfOneHashAreNumbered) {
    const X509Ptr first = made("named", hashed("named", 0));
    (void)made("named", hashed("named", 1)); // signed anew: another certificate
    (void)made("named", hashed("named", 3)); // after a gap nobody looks
    const auto anchors = system_anchors(file_, places_);
    EXPECT_EQ(found(*anchors, first), 2U);
}

TEST_F(SystemAnchorsTest, PlacesThatDoNotExistHoldNothing) {
    const X509Ptr one = made("one", places_ + "/one.crt");
    const auto anchors =
        system_anchors(directory_.path() + "/none", ":" + directory_.path() + "/no:" + places_);
    EXPECT_EQ(found(*anchors, one), 0U);
    while (anchors->look_further()) {
    }
    EXPECT_EQ(found(*anchors, one), 1U);
}

} // namespace
} // namespace leasehold::http
