#include "src/base/seal.hpp"

#include <gtest/gtest.h>

namespace leasehold {
namespace {

const std::string key(32, 'k');

std::string opened(std::string_view under, std::string_view bound, std::string_view sealed) {
    const auto text = unseal(under, bound, sealed);
    return text ? std::string(text->reveal()) : "(none)";
}

// RFC 8439, section 2.8.2.
std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2)
        bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16)));
    return bytes;
}

TEST(Seal, OpensTheExampleOfTheStandard) {
    const std::string its_key =
        from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    const std::string bound = from_hex("50515253c0c1c2c3c4c5c6c7");
    const std::string sealed =
        from_hex("070000004041424344454647") +
        from_hex("d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
                 "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
                 "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
                 "3ff4def08e4b7a9de576d26586cec64b6116") +
        from_hex("1ae10b594f09e26a7e902ecbd0600691");
    EXPECT_EQ(opened(its_key, bound, sealed),
              "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
              "future, sunscreen would be it.");
}

TEST(Seal, GivesBackWhatWasSealed) {
    for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 2000U, 70'000U}) {
        const std::string text(size, 't');
        const auto sealed = seal(key, "bound", text);
        ASSERT_TRUE(sealed);
        EXPECT_EQ(sealed->size(), size + seal_overhead);
        EXPECT_EQ(opened(key, "bound", *sealed), text);
        EXPECT_EQ(sealed->find("tttttttt"), std::string::npos);
    }
    EXPECT_NE(*seal(key, "", "text"), *seal(key, "", "text")) << "a nonce was used twice";
}

TEST(Seal, OpensNothingThatIsNotExactlyThat) {
    const std::string sealed = *seal(key, "bound", "text");
    EXPECT_EQ(opened(std::string(32, 'x'), "bound", sealed), "(none)");
    EXPECT_EQ(opened(key, "bounD", sealed), "(none)");
    EXPECT_EQ(opened(key, "", sealed), "(none)");
    EXPECT_EQ(opened("short", "bound", sealed), "(none)");
    EXPECT_EQ(opened(key, "bound", sealed + "x"), "(none)");
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        std::string damaged = sealed;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        EXPECT_EQ(opened(key, "bound", damaged), "(none)") << at;
        EXPECT_EQ(opened(key, "bound", sealed.substr(0, at)), "(none)") << at;
    }
    EXPECT_FALSE(seal("short", "bound", "text"));
}

TEST(Seal, KeysDiffer) {
    const auto one = make_seal_key();
    const auto other = make_seal_key();
    ASSERT_TRUE(one && other);
    EXPECT_EQ(one->size(), seal_key_size);
    EXPECT_NE(one->reveal(), other->reveal());
}

} // namespace
} // namespace leasehold
