#include "src/base/base64.hpp"

#include <gtest/gtest.h>

namespace leasehold {
namespace {

// RFC 4648, section 10.
TEST(Base64, EncodesAndDecodesTheVectorsOfTheRfc) {
    const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                     {"f", "Zg=="},
                                                                     {"fo", "Zm8="},
                                                                     {"foo", "Zm9v"},
                                                                     {"foob", "Zm9vYg=="},
                                                                     {"fooba", "Zm9vYmE="},
                                                                     {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        EXPECT_EQ(base64_encode(plain), encoded);
        EXPECT_EQ(base64_decode(encoded), plain);
    }
}

TEST(Base64, RefusesWhatIsNotOneSpelling) {
    for (const char* text :
         {"Zg=", "Zg", "Zh==", "Z===", "Zg==Zg==", "Zm9v Zm9v", "Zm-v", "====", "="})
        EXPECT_FALSE(base64_decode(text)) << text;
}

TEST(Base64, TakesLineBreaks) {
    EXPECT_EQ(base64_decode("Zm9v\nYmFy\r\n"), "foobar");
}

TEST(Base64Url, HasItsOwnAlphabetAndNoPadding) {
    EXPECT_EQ(base64url_decode("-_8"), "\xfb\xff");
    EXPECT_EQ(base64url_encode("\xfb\xff"), "-_8");
    EXPECT_EQ(base64url_encode("foob"), "Zm9vYg");
    for (const char* text : {"Zg==", "+/8", "Z", "Zh"})
        EXPECT_FALSE(base64url_decode(text)) << text;
}

} // namespace
} // namespace leasehold
