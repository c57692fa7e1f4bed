// The tree and its marks: what src/base/yaml.hpp promises to profiles and kubeconfigs.
#include "src/base/yaml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace leasehold {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

YamlNode parsed(std::string_view text, const YamlOptions& options = {}) {
    auto result = parse_yaml(text, "f.yaml", options);
    if (!result) {
        ADD_FAILURE() << result.error().message << "\nin: " << text;
        return {};
    }
    return *std::move(result);
}

std::string refused(std::string_view text, const YamlOptions& options = {}) {
    const auto result = parse_yaml(text, "f.yaml", options);
    if (result) {
        ADD_FAILURE() << "was accepted: " << text;
        return {};
    }
    EXPECT_EQ(result.error().code, ErrorCode::configuration);
    return result.error().message;
}

std::string_view slice(std::string_view text, const YamlNode& node) {
    return text.substr(node.start.offset, node.end.offset - node.start.offset);
}

TEST(Yaml, EmptyTextsAreNull) {
    for (const char* text : {"", "\n", "# a comment\n", "---\n", "---\n...\n", "\xEF\xBB\xBF"})
        EXPECT_TRUE(parsed(text).is_null()) << text;
}

TEST(Yaml, NullIsPlainOnly) {
    const YamlNode root = parsed("a:\nb: ~\nc: null\nd: \"null\"\ne: ''\nf: !!null x\ng: !!str\n");
    for (const char* key : {"a", "b", "c", "f"})
        EXPECT_TRUE(root.find(key)->is_null()) << key;
    for (const char* key : {"d", "e", "g"})
        EXPECT_FALSE(root.find(key)->is_null()) << key;
    EXPECT_EQ(root.text("d"), "null");
    EXPECT_EQ(root.text("c"), "");
    EXPECT_EQ(root.text("missing"), "");
}

TEST(Yaml, FindOnlyLooksIntoMappings) {
    const YamlNode root = parsed("- a\n");
    EXPECT_TRUE(root.is_sequence());
    EXPECT_EQ(root.find("a"), nullptr);
    EXPECT_EQ(parsed("a: [1]\n").text("a"), "");
}

TEST(Yaml, StylesAndQuotesAreKept) {
    const YamlNode root = parsed("a: [x, 'y']\nb:\n- {c: \"d\\n\"}\n");
    EXPECT_TRUE(root.find("a")->flow);
    EXPECT_TRUE(root.find("a")->items[0].plain);
    EXPECT_FALSE(root.find("a")->items[1].plain);
    EXPECT_FALSE(root.find("b")->flow);
    EXPECT_TRUE(root.find("b")->items[0].flow);
    EXPECT_EQ(root.find("b")->items[0].text("c"), "d\n");
}

TEST(Yaml, MarksAreBytesEvenAfterWideCharacters) {
    const std::string text =
        "# \xC3\xA9\xF0\x9F\x98\x80\r\n\xC3\xA9: \xF0\x9F\x98\x80x\r\nk: 'v'\r\n";
    const YamlNode root = parsed(text);
    EXPECT_EQ(slice(text, root.members[0].second), "\xF0\x9F\x98\x80x");
    EXPECT_EQ(slice(text, root.members[1].second), "'v'");
    EXPECT_EQ(root.members[1].second.start.line, 3u);
    EXPECT_EQ(root.members[0].second.start.column, 4u);
}

TEST(Yaml, MarksCountAByteOrderMark) {
    const std::string text = "\xEF\xBB\xBFk: v\nl: w\n";
    const YamlNode root = parsed(text);
    EXPECT_EQ(root.members[0].first.scalar, "k");
    EXPECT_EQ(root.members[0].first.start.column, 1u);
    EXPECT_EQ(slice(text, root.members[0].second), "v");
    EXPECT_EQ(slice(text, root.members[1].second), "w");
}

TEST(Yaml, MarksOfFlowCollectionsIncludeTheBrackets) {
    const std::string text = "{\"a\": [1, 2] , b: {}}";
    const YamlNode root = parsed(text);
    EXPECT_EQ(slice(text, root), text);
    EXPECT_EQ(slice(text, *root.find("a")), "[1, 2]");
    EXPECT_EQ(slice(text, *root.find("b")), "{}");
}

TEST(Yaml, AliasesAreCopiesWithMarksOfTheirOwn) {
    const std::string text = "a: &x {k: v}\nb: *x\n";
    const YamlNode root = parsed(text);
    EXPECT_EQ(root.find("a")->anchor, "x");
    EXPECT_TRUE(root.find("b")->alias);
    EXPECT_EQ(root.find("b")->text("k"), "v");
    EXPECT_EQ(slice(text, *root.find("b")), "*x");
}

TEST(Yaml, AliasesCanBeForbidden) {
    const YamlOptions options{.aliases = false};
    EXPECT_THAT(refused("a: &x v\nb: c\n", options), StartsWith("f.yaml:1:4: anchors"));
    EXPECT_THAT(refused("a: *x\n", options), StartsWith("f.yaml:1:4: aliases"));
}

TEST(Yaml, UnknownAndRecursiveAliasesAreErrors) {
    EXPECT_THAT(refused("a: *nope\n"), HasSubstr("\"nope\" names no complete node"));
    EXPECT_THAT(refused("a: &a [*a]\n"), HasSubstr("names no complete node"));
}

TEST(Yaml, NoBillionLaughs) {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
        const std::string previous = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int n = 0; n < 10; ++n)
            text += previous + (n == 9 ? "]\n" : ", ");
    }
    EXPECT_THAT(refused(text), HasSubstr("too many nodes"));
}

TEST(Yaml, NoLongScalarManyTimes) {
    std::string text = "a: &a " + std::string(100'000, 'x') + "\nb: [";
    for (int i = 0; i < 100; ++i)
        text += "*a, ";
    EXPECT_THAT(refused(text + "]\n"), HasSubstr("too many nodes"));
}

TEST(Yaml, NoLongScalarManyTimesThroughLayers) {
    std::string text = "a0: &a0 " + std::string(100'000, 'x') + "\n";
    for (int i = 1; i < 5; ++i) {
        const std::string one = "*a" + std::to_string(i - 1) + ", ";
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int n = 0; n < 5; ++n)
            text += one;
        text += "]\n";
    }
    EXPECT_THAT(refused(text), HasSubstr("too many nodes"));
}

TEST(Yaml, LimitsHold) {
    EXPECT_THAT(refused("a: b\n", {.limit = 4}), HasSubstr("longer than 4 bytes"));
    EXPECT_THAT(refused("[[[]]]", {.depth = 2}), HasSubstr("nested deeper than 2"));
    EXPECT_TRUE(parsed("[[]]", {.depth = 2}).is_sequence());
    EXPECT_THAT(refused(std::string(900, '[')), HasSubstr("nested deeper"));
    // One more for each four bytes.
    EXPECT_THAT(refused("[a, b, c]", {.nodes = 1}), HasSubstr("too many nodes"));
    EXPECT_TRUE(parsed("[a, b, c]", {.nodes = 2}).is_sequence());
}

// The anchored node and its alias are two copies; ten bytes give one more.
TEST(Yaml, CopiesAreLimitedToTheNode) {
    EXPECT_EQ(parsed("[&a x, *a]", {.nodes = 1}).items.size(), 2u);
    EXPECT_THAT(refused("[&a x, *a, *a]", {.nodes = 1}), HasSubstr("aliases counted"));
}

TEST(Yaml, LimitsGrowWithTheText) {
    std::string text;
    for (int i = 0; i < 60'000; ++i)
        text += "- {name: n, context: {cluster: c}}\n";
    EXPECT_EQ(parsed(text).items.size(), 60'000u);
}

TEST(Yaml, AnchorsCountLikeAliases) {
    std::string text;
    for (int i = 0; i < 50; ++i)
        text += "&a" + std::to_string(i) + " [";
    text += "x";
    for (int i = 0; i < 20'000; ++i)
        text += ",x";
    EXPECT_THAT(refused(text + std::string(50, ']')), HasSubstr("too many nodes"));
}

TEST(Yaml, MergeKeysCountAsWhatTheyName) {
    const YamlNode root = parsed("a: &a {k: a, l: a}\n"
                                 "b: &b {<<: *a, k: b}\n"
                                 "c: {<<: [*b, *a], m: c}\n"
                                 "d: {k: d, <<: *a}\n"
                                 "e: {'<<': *a}\n"
                                 "f: {<<: null, k: f}\n");
    EXPECT_EQ(root.find("b")->text("k"), "b");
    EXPECT_EQ(root.find("b")->text("l"), "a");
    EXPECT_EQ(root.find("c")->text("k"), "b");
    EXPECT_EQ(root.find("c")->text("m"), "c");
    // As in go-yaml: what stands last.
    EXPECT_EQ(root.find("d")->text("k"), "a");
    EXPECT_EQ(root.find("e")->find("k"), nullptr);
    EXPECT_EQ(root.find("f")->text("k"), "f");
}

TEST(Yaml, BinaryScalarsAreTheirBytes) {
    EXPECT_EQ(parsed("a: !!binary |\n  aHR0\n  cHM6\n").text("a"), "https:");
    EXPECT_THAT(refused("a: !!binary '*'\n"), HasSubstr("is not base64"));
}

TEST(Yaml, TruthInTheWordsOfYaml11) {
    for (const char* word : {"true", "True", "yes", "YES", "on", "y", "\"true\""})
        EXPECT_TRUE(parsed("k: " + std::string(word)).truth("k")) << word;
    for (const char* word : {"false", "no", "off", "n", "1", "null", "", "{}"})
        EXPECT_FALSE(parsed("k: " + std::string(word)).truth("k")) << word;
}

TEST(Yaml, DuplicateKeys) {
    EXPECT_THAT(refused("a: 1\nb: 2\n'a': 3\n"),
                StartsWith("f.yaml:3:1: the key \"a\" stands twice"));
    EXPECT_THAT(refused("x: {a: 1, a: 2}\n"), HasSubstr("stands twice"));
    const YamlNode kept = parsed("a: 1\na: 2\n", {.duplicates = YamlDuplicates::keep});
    EXPECT_EQ(kept.members.size(), 2u);
    EXPECT_EQ(kept.text("a"), "2");
}

TEST(Yaml, KeysMustBeScalars) {
    EXPECT_THAT(refused("? [a]\n: b\n"), HasSubstr("a key must be a scalar"));
}

TEST(Yaml, OneDocumentOnly) {
    EXPECT_THAT(refused("a: 1\n---\nb: 2\n"), StartsWith("f.yaml:2:1: a second document"));
    EXPECT_EQ(parsed("---\na: 1\n...\n").text("a"), "1");
    for (const char* text : {"a: 1\n---\n", "a: 1\n---\n# x\n---\n", "a: 1\n...\n---\nnull\n"})
        EXPECT_EQ(parsed(text).text("a"), "1") << text;
    EXPECT_THAT(refused("---\n---\nb: 2\n"), HasSubstr("a second document"));
    EXPECT_EQ(parsed("a: 1\n---\n{{{", {.documents = YamlDocuments::first}).text("a"), "1");
}

TEST(Yaml, ErrorsTellThePosition) {
    EXPECT_THAT(refused("a: b\n c: d\n"), StartsWith("f.yaml:2:3: "));
    EXPECT_THAT(refused("a: [1\n"), StartsWith("f.yaml:"));
    EXPECT_THAT(refused("a:\n\t- b\n"), StartsWith("f.yaml:2:1: "));
    EXPECT_THAT(refused("ab\x01"), StartsWith("f.yaml:1:3: control characters"));
    EXPECT_THAT(refused("a: \xFF\n"), StartsWith("f.yaml:1:4: "));
    EXPECT_THAT(refused(std::string_view("a\0b", 3)), StartsWith("f.yaml:1:2: "));
}

TEST(Yaml, ErrorsDoNotQuoteValues) {
    EXPECT_THAT(refused("token: CANARY-1234\n bad: [\n"), ::testing::Not(HasSubstr("CANARY")));
}

TEST(Yaml, Utf16IsForCallersToDecode) {
    using namespace std::string_view_literals;
    EXPECT_THAT(refused("\xFF\xFE"
                        "a\0:\0 \0b\0"sv),
                StartsWith("f.yaml:1:1: "));
}

} // namespace
} // namespace leasehold
