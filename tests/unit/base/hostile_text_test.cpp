#include "src/base/hostile_text.hpp"

#include <gtest/gtest.h>

namespace leasehold {
namespace {

struct Case {
    std::string_view in;
    std::string_view out;
};

TEST(HostileText, EscapesWhatCouldMoveHideOrReorder) {
    const Case cases[] = {
        {"plain words", "plain words"},
        {"\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"},
        {"first\nsecond", "first..."},
        {"\r\nafter breaks", "after breaks"},
        {"over\rwrite", "over..."},
        {"tab\there", "tab\\x09here"},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
        {"\xe2\x80\xae"
         "evil",
         "\\u{202e}evil"},
        {"zero\xe2\x80\x8bwidth", "zero\\u{200b}width"},
        {"c1 \xc2\x9b"
         "31m",
         "c1 \\u{009b}31m"},
        {"bad \xff\xfe", "bad \\xff\\xfe"},
        {"overlong \xc0\xaf", "overlong \\xc0\\xaf"},
        {"surrogate \xed\xa0\x80", "surrogate \\xed\\xa0\\x80"},
        {"cut \xe2\x82", "cut \\xe2\\x82"},
        {std::string_view("nul\0byte", 8), "nul\\x00byte"},
        {"del\x7f", "del\\x7f"},
    };
    for (const Case& test : cases)
        EXPECT_EQ(hostile_text(test.in), test.out);
}

TEST(HostileText, IsCapped) {
    const std::string long_text(1 << 20, 'a');
    EXPECT_EQ(hostile_text(long_text, 10), "aaaaaaaaaa...");
    EXPECT_LE(hostile_text(std::string(1 << 20, '\x1b')).size(), 4 * 256 + 3u);
}

TEST(HostileText, WholeTextsKeepTheirLinesAndNothingElse) {
    const std::string seen = visible_text("a\tb\n\x1b[2Jc\r\xe2\x80\xae\xc2\x85"
                                          "d\xff\n");
    EXPECT_EQ(seen, "a\tb\n\\x1b[2Jc\\x0d\\u{202e}\\u{0085}d\\xff\n");
    EXPECT_EQ(visible_text(seen), seen);
    EXPECT_EQ(visible_text(""), "");
    const std::string long_text(1 << 20, 'a');
    EXPECT_EQ(visible_text(long_text), long_text);
}

TEST(HostileText, QuotesNames) {
    EXPECT_EQ(quoted("a\"b\n"), "\"a\"b\"");
}

TEST(HostileText, AShellWordIsOneWord) {
    EXPECT_EQ(shell_word("/home/me/.kube/config"), "/home/me/.kube/config");
    EXPECT_EQ(shell_word(""), "''");
    EXPECT_EQ(shell_word("/tmp/a b; rm -rf ~"), "'/tmp/a b; rm -rf ~'");
    EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
    EXPECT_EQ(shell_word("a\x1b[2J'\\"), "$'a\\x1b[2J\\'\\\\'");
    EXPECT_EQ(shell_word("\xc3\xa9"), "$'\\xc3\\xa9'");
}

} // namespace
} // namespace leasehold
