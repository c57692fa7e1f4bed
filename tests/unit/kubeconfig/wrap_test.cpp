#include "kubeconfig/document/document.hpp"

#include <gtest/gtest.h>

#include <array>

namespace leasehold::kubeconfig {
namespace {

Wrapping wrapping_of(std::string user = "u", std::string profile = "prod") {
    Wrapping wrapping;
    wrapping.user = std::move(user);
    wrapping.profile = std::move(profile);
    wrapping.exec.command = "/usr/bin/leasehold";
    wrapping.exec.args = {"credential", "--profile", wrapping.profile};
    wrapping.exec.install_hint = "install leasehold";
    return wrapping;
}

std::string with_user(const std::string& user) {
    return "apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers:\n" + user;
}

// The plugin of each is `aws`.
const std::vector<std::string>& shapes() {
    static const std::vector<std::string> all{
        with_user("- name: u\n  user:\n    exec:\n      command: aws\n"),
        with_user("- name: u\n  user:\n    exec:\n      command: aws"),
        with_user("- name: u\n  user:\n    exec:\n      command: aws\n\n# end without a break"),
        with_user("  - name: u\n    user:\n      exec:\n        command: aws\n"),
        with_user("-   name: u\n    user:\n        exec:\n            command: aws\n"),
        with_user("- name: u\n  user:\n   exec:\n    command: aws\n"),
        with_user("- user:\n    exec:\n      command: aws\n  name: u\n"),
        with_user("- user:\n    exec:\n      apiVersion: client.authentication.k8s.io/v1beta1\n"
                  "      args:\n      - eks\n      - get-token\n      command: aws\n"
                  "      env:\n      - name: AWS_PROFILE\n        value: prod\n  name: u\n"),
        with_user("- name: u\n  user:\n    exec:\n      command: aws\n      args: null\n"
                  "      env: null\n      provideClusterInfo: false\n"),
        with_user("- name: u # mine\n  user: # also\n    exec: # and this\n      # inside\n"
                  "      command: aws # behind\n    # below\n# outside\n"),
        with_user("- name: u\n  user:\n\n    exec:\n\n      command: aws\n\n\n"),
        with_user("- name: u\n  user:\n    exec:\n      command: aws\n      installHint: |\n"
                  "        line one\n\n          deeper\n        line two\n"),
        with_user("- name: u\n  user:\n    exec:\n      command: aws\n      installHint: |+\n"
                  "        kept\n\n\n- name: v\n  user: {}\n"),
        with_user("- name: u\n  user:\n    exec:\n      command: aws\n      installHint: >-\n"
                  "        folded\n        text\n- name: v\n  user: {}\n"),
        with_user("- name: u\n  user:\n    exec: {command: aws}\n"),
        with_user("- name: u\n  user:\n    exec: {command: aws,\n      args: [a,\n        b]}\n"),
        with_user("- name: u\n  user: {exec: {command: aws}}\n"),
        with_user("- {name: u, user: {exec: {command: aws}}}\n"),
        with_user("- {\"name\": \"u\", \"user\": {\"exec\": {\"command\": \"aws\"}}}\n"),
        with_user("- name: u\n  user:\n    exec:\n      \"command\": \"aws\"\n"),
        with_user("- name: 'u'\n  'user':\n    'exec':\n      'command': 'aws'\n"),
        with_user("- name: u\n  user:\n    \"exec\" :\n      command: aws\n"),
        with_user("- name: u\n  user:\n    as: bob\n    exec:\n      command: aws\n"),
        with_user("- name: u\n  user:\n    exec:\n      command: aws\n    as: bob\n"),
        with_user("- name: u\n  user:\n    exec:\n      command: aws\n    as: bob\n"
                  "    as-groups: [a, b]\n    username: \"\"\n"),
        with_user("- name: u\n  user:\n    exec: &plugin\n      command: aws\n"),
        with_user("- name: u\n  user: &body\n    exec:\n      command: aws\n"),
        with_user("- &item\n  name: u\n  user:\n    exec:\n      command: aws\n"),
        with_user("- name: u\n  user:\n    exec: !!map\n      command: aws\n"),
        with_user("- name: a\n  user: {token: x}\n- name: u\n  user:\n    exec:\n"
                  "      command: aws\n- name: z\n  user:\n    token: y\n"),
        with_user("- name: u\n  user:\n    exec:\n      command: aws\n      args: [\"a b\", 'c\n"
                  "        d', \"\\x41\"]\n"),
        with_user("- name: u\n  user:\n    exec:\n      command: aws\n      args:\n"
                  "        - eks\n        -   get-token\n"),
        with_user(
            "- name: u\n  user:\n    exec:\n      command: aws\n      x-unknown: {a: [1, 2.5, "
            "~]}\n"),
        with_user(
            "- name: u\n  user:\n    exec:\n      command: aws\n      env:\n      - {name: A, "
            "value: \"1\"}\n"),
        with_user("- name: u\n  user:\n    exec:\n      command: aws\n...\n"),
        "---\n" + with_user("- name: u\n  user:\n    exec:\n      command: aws\n"),
        "# first\n" + with_user("- name: u\n  user:\n    exec:\n      command: aws\n# last\n"),
        "\xEF\xBB\xBF" + with_user("- name: u\n  user:\n    exec:\n      command: aws\n"),
        "users:\n- name: u\n  user:\n    exec:\n      command: aws\napiVersion: v1\nkind: Config\n",
        "  users:\n  - name: u\n    user:\n      exec:\n        command: aws\n  kind: Config\n",
        "x: &e\n  command: aws\nusers:\n- name: u\n  user:\n    exec: *e\n- name: v\n  user:\n"
        "    exec: *e\n",
        R"({"apiVersion":"v1","kind":"Config","users":[{"name":"u","user":{"exec":{"command":"aws"}}}]})",
        "{\n  \"users\": [\n    {\n      \"name\": \"u\",\n      \"user\": {\n        \"exec\": "
        "{\n          \"command\": \"aws\",\n          \"args\": [\n            \"eks\"\n          "
        "]\n        }\n      }\n    }\n  ]\n}\n",
        "{\n\t\"users\": [\n\t\t{\"name\": \"u\", \"user\": {\n\t\t\t\"exec\": {\"command\": "
        "\"aws\"},\n\t\t\t\"as\": \"x\"}}]\n}\n",
        "users: [{name: u, user: {as: x, exec: {command: aws}}}]\n",
        "users:\n  [\n    {name: u, user: {exec: {command: aws}}}, # one\n    {name: v, user: {}}\n"
        "  ]\n",
        with_user("- name: u\n  user:\n    exec:\n      command: >-\n        aws\n"),
        with_user("- name: u\n  user:\n    exec:\n      command: \"aws\"   \n      \n"),
        with_user("- name: u\n  user:\n    exec:\n      args: []\n      command: aws\n   # odd\n"),
        with_user(
            "- name: u\n  user:\n    exec:\n      command: aws\n      args: [--x=\xC3\xA4]\n"),
    };
    return all;
}

std::string with_carriage_returns(const std::string& text) {
    std::string out;
    for (const char c : text)
        out += c == '\n' ? "\r\n" : std::string(1, c);
    return out;
}

KubeconfigDocument read(const std::string& text) {
    auto document = KubeconfigDocument::parse(text, "config");
    EXPECT_TRUE(document) << document.error().message;
    return *std::move(document);
}

const Listed& user_of(const std::vector<Listed>& entries, std::string_view name = "u") {
    static const Listed none;
    for (const Listed& one : entries)
        if (one.section == Section::users && one.name == name)
            return one;
    return none;
}

void goes_in_and_out(const std::string& text) {
    SCOPED_TRACE(text);
    KubeconfigDocument document = read(text);
    const auto wrapped = document.wrap(wrapping_of());
    ASSERT_TRUE(wrapped) << wrapped.error().message;
    EXPECT_EQ(wrapped->size(), 1u);
    const std::string inside = document.text();
    const auto entries = document.entries();
    EXPECT_EQ(user_of(entries).wrapped, "prod");
    EXPECT_EQ(user_of(entries).command, "/usr/bin/leasehold");
    ASSERT_TRUE(document.wrap(wrapping_of()));
    EXPECT_EQ(document.text(), inside) << "the same again changes nothing";
    // As another process finds it.
    document = read(inside);
    const auto unwrapped = document.unwrap("u");
    ASSERT_TRUE(unwrapped) << unwrapped.error().message;
    EXPECT_EQ(document.text(), text);
}

TEST(Wrap, FiftyShapesComeBackByteForByte) {
    EXPECT_GE(shapes().size(), 50u);
    for (const std::string& text : shapes()) {
        goes_in_and_out(text);
        goes_in_and_out(with_carriage_returns(text));
    }
}

TEST(Wrap, WhatOthersEditMeanwhileStays) {
    KubeconfigDocument document = read(with_user(
        "- name: u\n  user:\n    exec: # mine\n      command: aws\n- name: v\n  user: {}\n"));
    ASSERT_TRUE(document.wrap(wrapping_of()));
    std::string text = document.text();
    text.replace(text.find("clusters: []"), 12,
                 "clusters:\n- name: new\n  cluster: {server: \"https://x\"}");
    text += "- name: w\n  user:\n    token: x\n";
    document = read(text);
    ASSERT_TRUE(document.unwrap("u"));
    EXPECT_EQ(document.text(),
              "apiVersion: v1\nkind: Config\nclusters:\n- name: new\n  cluster: {server: "
              "\"https://x\"}\ncontexts: []\nusers:\n- name: u\n  user:\n    exec: # mine\n"
              "      command: aws\n- name: v\n  user: {}\n- name: w\n  user:\n    token: x\n");
}

// As kubectl lays a file out when it changes anything in it.
TEST(Wrap, AFileThatWasLaidOutAnewTakesItBack) {
    for (const std::string& original :
         {with_user("    - name: u\n      user:\n          exec:\n"
                    "              command: aws\n              args: [a, b]\n"
                    "              installHint: |\n                one\n                  two\n"),
          std::string("{\"users\": [{\"name\": \"u\", \"user\": {\"exec\":\n{\"command\": "
                      "\"aws\",\n\"args\": [\"a\", \"b\"]}}}]}")}) {
        KubeconfigDocument document = read(original);
        ASSERT_TRUE(document.wrap(wrapping_of()));
        const std::string inside = document.text();
        const auto at = inside.find("original");
        const auto begin = inside.find_first_not_of("\": ", at + 8);
        const std::string memory =
            inside.substr(begin, inside.find_first_of("\",\n", begin) - begin);
        const auto was = inside.find("indent");
        const auto digits = inside.find_first_of("0123456789", was);
        const std::string indent =
            inside.substr(digits, inside.find_first_not_of("0123456789", digits) - digits);
        document =
            read(with_user("- name: u\n  user:\n    exec:\n"
                           "      apiVersion: client.authentication.k8s.io/v1\n"
                           "      args:\n      - credential\n      - --profile\n      - prod\n"
                           "      command: /usr/bin/leasehold\n      env: null\n"
                           "    extensions:\n    - extension:\n        indent: \"" +
                           indent + "\"\n        original: " + memory +
                           "\n        profile: prod\n        version: \"1\"\n"
                           "      name: leasehold.dev/wrapped\n"));
        EXPECT_EQ(user_of(document.entries()).wrapped, "prod");
        const auto unwrapped = document.unwrap("u");
        ASSERT_TRUE(unwrapped) << unwrapped.error().message;
        EXPECT_EQ(user_of(document.entries()).command, "aws") << document.text();
        EXPECT_EQ(document.text().find("leasehold"), std::string::npos);
    }
}

TEST(Wrap, APluginThatCameBackIsWrappedAnew) {
    const std::string first = with_user("- name: u\n  user:\n    exec:\n      command: aws\n");
    KubeconfigDocument document = read(first);
    ASSERT_TRUE(document.wrap(wrapping_of()));
    // `kubectl config set-credentials` keeps the extensions.
    std::string text = document.text();
    const auto begin = text.find("exec:");
    text.replace(begin, text.find("extensions:") - begin, "exec:\n      command: newer\n    ");
    document = read(text);
    EXPECT_FALSE(user_of(document.entries()).wrapped);
    ASSERT_TRUE(document.wrap(wrapping_of()));
    EXPECT_EQ(user_of(document.entries()).wrapped, "prod");
    ASSERT_TRUE(document.unwrap("u"));
    EXPECT_EQ(document.text(), with_user("- name: u\n  user:\n    exec:\n      command: newer\n"));
}

TEST(Wrap, AnotherProfileKeepsWhatIsBehind) {
    const std::string first = with_user("- name: u\n  user:\n    exec:\n      command: aws # x\n");
    KubeconfigDocument document = read(first);
    ASSERT_TRUE(document.wrap(wrapping_of()));
    ASSERT_TRUE(document.wrap(wrapping_of("u", "other")));
    EXPECT_EQ(user_of(document.entries()).wrapped, "other");
    ASSERT_TRUE(document.unwrap("u"));
    EXPECT_EQ(document.text(), first);
}

std::string plugin_of(const std::string& user, const std::string& command) {
    return "- name: " + user + "\n  user:\n    exec:\n      command: " + command + '\n';
}

// One that is not wrapped, one that stands as it should, one for another profile, and one whose
// plugin another program has put in again: all at once is one by one.
TEST(Wrap, AllAtOnceIsOneByOne) {
    const std::string original = with_user(plugin_of("a", "aws") + plugin_of("b", "az # mine") +
                                           plugin_of("c", "gcloud") + plugin_of("d", "doctl"));
    KubeconfigDocument start = read(original);
    ASSERT_TRUE(start.wrap({wrapping_of("b"), wrapping_of("c", "other"), wrapping_of("d")}));
    std::string text = start.text();
    const std::size_t at = text.find("/usr/bin/leasehold", text.find("name: d"));
    ASSERT_NE(at, std::string::npos) << text;
    text.replace(at, std::string("/usr/bin/leasehold").size(), "newer");
    start = read(text);

    const std::vector<std::string> users = {"d", "a", "c", "b"};
    std::vector<Wrapping> wrappings;
    KubeconfigDocument serial = start;
    for (const std::string& user : users) {
        wrappings.push_back(wrapping_of(user));
        ASSERT_TRUE(serial.wrap(wrappings.back())) << user;
    }
    KubeconfigDocument together = start;
    const auto changes = together.wrap(wrappings);
    ASSERT_TRUE(changes) << changes.error().message;
    EXPECT_EQ(together.text(), serial.text());
    EXPECT_TRUE(together.wrap(wrappings)->empty()) << "again";
    for (const std::string& user : users)
        ASSERT_TRUE(serial.unwrap(user)) << user;
    ASSERT_TRUE(together.unwrap(users));
    EXPECT_EQ(together.text(), serial.text());
    EXPECT_TRUE(together.unwrap(users)->empty()) << "again";
}

TEST(Wrap, OneThatIsRefusedIsNamedAndRefusesAll) {
    const std::string text = with_user(plugin_of("a", "aws") + "- name: b\n  user: {token: x}\n" +
                                       plugin_of("c", "gcloud"));
    KubeconfigDocument document = read(text);
    const auto refused = document.wrap({wrapping_of("a"), wrapping_of("b"), wrapping_of("c")});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("\"b\""), std::string::npos) << refused.error().message;
    EXPECT_EQ(document.text(), text);
}

TEST(Wrap, OneThatIsNamedTwiceIsTheLastOnes) {
    const std::string text = with_user(plugin_of("a", "aws") + plugin_of("u", "az"));
    KubeconfigDocument document = read(text);
    const auto changes =
        document.wrap({wrapping_of(), wrapping_of("a"), wrapping_of("u", "other")});
    ASSERT_TRUE(changes) << changes.error().message;
    EXPECT_EQ(user_of(document.entries()).wrapped, "other");
    ASSERT_TRUE(document.unwrap(std::vector<std::string>{"u", "a", "u"}));
    EXPECT_EQ(document.text(), text);
}

TEST(Wrap, OneThatCannotComeBackIsNamedAndKeepsAll) {
    const std::string text = with_user(plugin_of("a", "aws") + plugin_of("b", "az"));
    KubeconfigDocument document = read(text);
    ASSERT_TRUE(document.wrap({wrapping_of("a"), wrapping_of("b")}));
    std::string half = document.text();
    const std::size_t at = half.find("original: ", half.find("name: b")) + 10;
    half.replace(at, half.find('\n', at) - at, "e30="); // {}: no exec
    document = read(half);
    const auto refused = document.unwrap(std::vector<std::string>{"a", "b"});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("\"b\""), std::string::npos) << refused.error().message;
    EXPECT_EQ(document.text(), half);
    EXPECT_TRUE(document.unwrap("a"));
}

TEST(Wrap, WhatCannotBeDoneSafelyIsRefused) {
    for (const std::string user :
         {"- name: u\n  user:\n    token: x\n", "- name: v\n  user: {}\n",
          "- name: b\n  user: &b\n    exec:\n      command: aws\n- name: u\n  user: *b\n",
          "- name: b\n  user: &b\n    exec:\n      command: aws\n- name: u\n  user:\n    <<: *b\n",
          "- name: u\n  user:\n    exec: &p\n      command: aws\n- name: v\n  user:\n    exec: "
          "*p\n",
          "- name: b\n  user: &b {}\n- name: u\n  user:\n    exec:\n      command: aws\n      x: "
          "*b\n",
          "- name: u\n  user:\n    exec:\n      command: aws\n    extensions:\n    - name: x\n"
          "      extension: {a: 1}\n"}) {
        KubeconfigDocument document = read(with_user(user));
        const auto refused = document.wrap(wrapping_of());
        EXPECT_FALSE(refused) << user;
        EXPECT_EQ(document.text(), with_user(user));
        EXPECT_TRUE(refused || refused.error().code == ErrorCode::configuration);
    }
    KubeconfigDocument document =
        read(with_user("- name: u\n  user:\n    exec:\n      command: aws\n"));
    const auto nothing = document.unwrap("u");
    ASSERT_TRUE(nothing);
    EXPECT_TRUE(nothing->empty());
}

TEST(Wrap, ASpoiltMemoryIsRefused) {
    KubeconfigDocument document =
        read(with_user("- name: u\n  user:\n    exec:\n      command: aws\n"));
    ASSERT_TRUE(document.wrap(wrapping_of()));
    const std::string good = document.text();
    const auto at = good.find("original: ") + 10;
    for (const char* other : {"x", "\"\"", "YWJj", "ZXhlYzogWw=="}) {
        std::string text = good;
        text.replace(at, text.find('\n', at) - at, other);
        document = read(text);
        EXPECT_FALSE(document.unwrap("u")) << other;
        EXPECT_EQ(document.text(), text);
    }
}

TEST(Wrap, AnIndentThatNobodyWritesIsRefused) {
    KubeconfigDocument document =
        read(with_user("- name: u\n  user:\n    exec:\n      command: aws\n"));
    ASSERT_TRUE(document.wrap(wrapping_of()));
    std::string text = document.text();
    const auto at = text.find("indent: ") + 8;
    text.replace(at, text.find('\n', at) - at, "\"1000000000\"");
    document = read(text);
    const auto refused = document.unwrap("u");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("is not kept as leasehold keeps it"), std::string::npos);
    EXPECT_EQ(document.text(), text);
}

} // namespace
} // namespace leasehold::kubeconfig
