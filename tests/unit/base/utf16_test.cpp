#include "src/base/utf16.hpp"

#include <gtest/gtest.h>

#include <string>

namespace leasehold {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view text = "\xEF\xBB\xBF"
                                  "a: \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\r\n";

TEST(Utf16, GivesTheSameBytesBack) {
    for (const TextEncoding encoding : {TextEncoding::utf16_little, TextEncoding::utf16_big}) {
        const std::string bytes = from_utf8(text, encoding);
        EXPECT_EQ(encoding_of(bytes), encoding);
        EXPECT_EQ(bytes.size(), 2 * 10u);
        EXPECT_EQ(to_utf8(bytes, encoding), text);
    }
    EXPECT_EQ(encoding_of(text), TextEncoding::utf8);
    EXPECT_EQ(to_utf8("\xFF", TextEncoding::utf8), "\xFF");
}

TEST(Utf16, RefusesHalfACharacter) {
    for (const std::string_view bytes : {"\xFF\xFE"
                                         "a"sv,
                                         "\xFF\xFE\x00\xD8"sv,
                                         "\xFF\xFE\x00\xD8"
                                         "a\0"sv,
                                         "\xFF\xFE\x00\xDC\x00\xDC"sv})
        EXPECT_FALSE(to_utf8(bytes, encoding_of(bytes)));
}

} // namespace
} // namespace leasehold
