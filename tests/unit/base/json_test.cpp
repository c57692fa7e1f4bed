#include "src/base/json.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace leasehold {
namespace {

// JSN-1: what two readers could take differently is refused.
TEST(Json, RefusesWhatIsAmbiguousOrTooMuch) {
    const std::string deep = std::string(40, '[') + std::string(40, ']');
    std::string wide = "[0";
    for (int i = 0; i < 9000; ++i)
        wide += ",0";
    wide += ']';
    std::string hollow = "[[]";
    for (int i = 0; i < 9000; ++i)
        hollow += i % 2 == 0 ? ",[]" : ",{}";
    hollow += ']';
    const std::string texts[] = {"",
                                 " ",
                                 "{",
                                 R"({"a":1,"a":2})",
                                 R"({"a":1,"\u0061":2})",
                                 R"({"x":{"b":1,"b":1}})",
                                 R"("\u0000")",
                                 R"({"\u0000":1})",
                                 "1e400",
                                 "-1e400",
                                 "[1,]",
                                 "{\"a\":1,}",
                                 "// c\n1",
                                 "/* c */ 1",
                                 "\xef\xbb\xbf{}",
                                 "{} {}",
                                 "{}x",
                                 "NaN",
                                 "Infinity",
                                 "'a'",
                                 "\"\\ud800\"",
                                 "\"\xff\"",
                                 "01",
                                 "+1",
                                 "\"tab\t\"",
                                 deep,
                                 wide,
                                 hollow};
    for (const std::string& text : texts) {
        const auto value = parse_json(text);
        ASSERT_FALSE(value) << text.substr(0, 60);
        EXPECT_EQ(value.error().code, ErrorCode::bad_answer);
    }
}

TEST(Json, ReadsWhatIsPlain) {
    const auto value =
        parse_json(R"( {"a":{"b":"text","n":9007199254740993},"l":[1,"x",null,true,1.5]} )");
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ(json_string(*value, {"a", "b"}), "text");
    EXPECT_EQ(json_integer(*value, {"a", "n"}), 9007199254740993);
    EXPECT_EQ(json_string(*value, {"a", "n"}), std::nullopt);
    EXPECT_EQ(json_string(*value, {"a", "b", "c"}), std::nullopt);
    EXPECT_EQ(json_find(*value, {"missing"}), nullptr);
    EXPECT_EQ(value->at("l").as_array().size(), 5u);
}

TEST(Json, SameNameInDifferentObjectsIsFine) {
    EXPECT_TRUE(parse_json(R"([{"a":1},{"a":2},{"b":{"a":1},"a":3}])"));
}

TEST(Json, IntegersAreExactOrNone) {
    for (const char* text : {"18446744073709551616", "-9223372036854775809", "1.0", "1e3", "\"1\"",
                             "9223372036854775808"}) {
        const auto value = parse_json(std::string("{\"n\":") + text + '}');
        ASSERT_TRUE(value) << text;
        EXPECT_EQ(json_integer(*value, {"n"}), std::nullopt) << text;
    }
}

TEST(Json, RefusesTooManyBytes) {
    EXPECT_FALSE(parse_json(std::string((1 << 20) + 1, ' ')));
    EXPECT_TRUE(parse_json("[0]", {.bytes = 3}));
    EXPECT_FALSE(parse_json("[0] ", {.bytes = 3}));
}

// JSN-2: the worst that the limits let in. The deadline is for what grows with the square: each of
// these takes milliseconds.
TEST(Json, NothingOfThePermittedSizeTakesLong) {
    constexpr std::size_t mebibyte = 1 << 20;
    const auto filled = [](std::string text, const auto& piece, const char* end) {
        for (int i = 0; text.size() < mebibyte - 40; ++i)
            text += piece(i);
        return text + end;
    };
    const std::string texts[] = {
        filled(
            "{\"x\":0", [](int i) { return ",\"" + std::to_string(i) + "\":0"; }, "}"),
        filled(
            "{\"x\":0", [](int) { return std::string(",\"x\":0"); }, "}"),
        filled(
            "[0", [](int) { return std::string(",[]"); }, "]"),
        filled(
            "\"", [](int) { return std::string("\\u0041"); }, "\""),
        filled(
            "", [](int) { return std::string("["); }, ""),
        filled(
            "", [](int) { return std::string("9"); }, ""),
        filled(
            "1.", [](int) { return std::string("0"); }, "1e-9"),
        filled(
            "", [](int) { return std::string(" "); }, "0")};
    const std::clock_t begin = std::clock();
    for (const std::string& text : texts)
        (void)parse_json(text);
    EXPECT_LT((std::clock() - begin) / CLOCKS_PER_SEC, 10);
}

TEST(Json, QuotesText) {
    EXPECT_EQ(json_quote("a\"b\\c\n\x01"), R"("a\"b\\c\u000a\u0001")");
    EXPECT_EQ(parse_json(json_quote("x\ty"))->get_string(), "x\ty");
}

} // namespace
} // namespace leasehold
