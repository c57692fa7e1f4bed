#include "helper/terminal/text.hpp"
#include "src/base/json.hpp"
#include "src/base/yaml.hpp"

#include <gtest/gtest.h>

namespace leasehold::helper {
namespace {

TEST(Text, ErrorsAndHints) {
    EXPECT_EQ(error_text(make_error(ErrorCode::usage, "no", "do this\nor that")),
              "leasehold: error: no\nhint: do this\nhint: or that\n");
    EXPECT_EQ(error_text(make_error(ErrorCode::usage, "no")), "leasehold: error: no\n");
}

TEST(Text, TablesAreAlignedWithoutTrailingSpace) {
    EXPECT_EQ(to_table({{"A", "B"}, {{"long", "x"}, {"y", ""}}}), "A     B\nlong  x\ny\n");
}

// Whatever goes out as YAML or JSON comes back as the same text.
TEST(Text, ValuesSurviveBothFormats) {
    for (const char* text : {"plain",
                             "n",
                             "yes",
                             "null",
                             "~",
                             "1e3",
                             "0123",
                             "1.5",
                             "",
                             " lead",
                             "a: b",
                             "a #b",
                             "- x",
                             "'q'",
                             "\"",
                             "\\",
                             "a\nb",
                             "\t",
                             "https://a.b:6443/x",
                             "system:serviceaccount:ci:d",
                             "@x",
                             "{a}",
                             "caf\xc3\xa9",
                             "2026-11-23T22:00:00Z",
                             "!tag",
                             "&a",
                             "*a",
                             "%x",
                             "a:",
                             "?",
                             "|"}) {
        const boost::json::value value = {{"key", text}, {"list", {text, {{"deep", text}}}}};
        EXPECT_EQ(*parse_json(to_json(value)), value) << text;
        const auto yaml = parse_yaml(to_yaml(value), "test");
        ASSERT_TRUE(yaml) << to_yaml(value) << yaml.error().message;
        EXPECT_EQ(yaml->text("key"), text) << to_yaml(value);
        EXPECT_EQ(yaml->find("list")->items.at(0).scalar, text) << to_yaml(value);
        EXPECT_EQ(yaml->find("list")->items.at(1).text("deep"), text) << to_yaml(value);
        EXPECT_FALSE(yaml->find("key")->is_null()) << to_yaml(value);
    }
}

TEST(Text, EmptyCollections) {
    EXPECT_EQ(to_json(boost::json::array()), "[]\n");
    EXPECT_EQ(to_yaml(boost::json::array()), "[]\n");
}

} // namespace
} // namespace leasehold::helper
