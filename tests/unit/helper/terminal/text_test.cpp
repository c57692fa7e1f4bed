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

TEST(Text, WhatIsToBeCopiedStandsAlone) {
    EXPECT_EQ(error_text(make_error(ErrorCode::denied, "no", "apply this:\n  kind: Role\n  a: b")),
              "leasehold: error: no\nhint: apply this:\n  kind: Role\n  a: b\n");
}

TEST(Text, ATableKeepsToTheTerminal) {
    const Table table{{"ID", "+SUBJECT", "-ACCOUNT", "STATE"},
                      {{std::string(40, 'x'), "system:y", std::string(30, 'y'), "active"}}};
    EXPECT_EQ(to_table(table), "ID                                        SUBJECT   STATE\n" +
                                   std::string(40, 'x') + "  system:y  active\n");
    const std::string narrow = to_table(table, {.full = false, .width = 60});
    EXPECT_EQ(narrow, "ID                    ACCOUNT                         STATE\n" +
                          std::string(17, 'x') + "...  " + std::string(30, 'y') + "  active\n");
    EXPECT_EQ(to_table(table, {.full = false, .names = true, .width = 20}),
              std::string(40, 'x') + "\n");
    EXPECT_EQ(to_table(table, {.headers = false}), std::string(40, 'x') + "  system:y  active\n");
    // What cannot fit is as narrow as it can be read.
    const std::string least = to_table(table, {.full = false, .headers = false, .width = 1});
    EXPECT_EQ(least, "xxxxx...  yyyyy...  active\n");
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
