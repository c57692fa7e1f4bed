#include "kubeconfig/document/document.hpp"
#include "tests/unit/kubeconfig/sample_entry.hpp"

#include <gtest/gtest.h>

namespace leasehold::kubeconfig {
namespace {

const std::string two_contexts = R"(apiVersion: v1
kind: Config
clusters:
- name: c
  cluster: {server: "https://c"}
users:
- name: u
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: other, interactiveMode: Never}
- name: old
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: older}
contexts:
- name: one
  context: {cluster: c, user: u, namespace: shop}
- name: two
  context: {cluster: c, user: u}
current-context: one
)";

KubeconfigDocument parsed(const std::string& text) {
    return KubeconfigDocument::parse(text, "config").value();
}

TEST(Document, ListsWhatEachEntryHas) {
    const auto listing = list_entries(two_contexts, "config");
    ASSERT_TRUE(listing);
    EXPECT_EQ(listing->current_context, "one");
    ASSERT_EQ(listing->entries.size(), 5U);
    for (const Listed& one : listing->entries) {
        const bool context = one.section == Section::contexts;
        const bool user = one.section == Section::users;
        EXPECT_EQ(one.cluster, context ? "c" : "") << one.name;
        EXPECT_EQ(one.user, context ? "u" : "") << one.name;
        EXPECT_EQ(one.namespace_, one.name == "one" ? "shop" : "") << one.name;
        EXPECT_EQ(one.command, one.name == "u" ? "other" : user ? "older" : "") << one.name;
        EXPECT_EQ(one.says_interactive_mode, one.name == "u") << one.name;
        EXPECT_FALSE(one.profile) << one.name;
        EXPECT_FALSE(one.wrapped) << one.name;
    }
}

TEST(Document, TheCurrentContextIsOneOfTheFile) {
    KubeconfigDocument document = parsed(two_contexts);
    for (const char* name : {"", "three", "TWO"})
        EXPECT_FALSE(document.set_current_context(name)) << name;
    EXPECT_EQ(document.text(), two_contexts);
    const auto changes = document.set_current_context("two");
    ASSERT_TRUE(changes);
    EXPECT_EQ(*changes, (std::vector<Change>{
                            {Change::Action::replaced, "current-context", "two", "was \"one\""}}));
    EXPECT_EQ(document.current_context(), "two");
}

TEST(Document, TheCurrentContextAgainChangesNothing) {
    KubeconfigDocument document = parsed(two_contexts);
    const auto changes = document.set_current_context("one");
    ASSERT_TRUE(changes);
    EXPECT_TRUE(changes->empty());
    EXPECT_EQ(document.text(), two_contexts);
}

TEST(Document, TheCurrentContextIsWhatItWasOnceOursIsRemoved) {
    KubeconfigDocument document = parsed(two_contexts);
    ASSERT_TRUE(document.upsert(sample_entry("prod"), false));
    ASSERT_TRUE(document.set_current_context("prod"));
    EXPECT_EQ(document.current_context(), "prod");
    ASSERT_TRUE(document.remove("prod"));
    EXPECT_EQ(document.text(), two_contexts);
}

// An entry of this name that is not the profile's own.
std::string with_entry(const std::string& section, const std::string& name) {
    const std::string key = section.substr(0, section.size() - 1);
    return "apiVersion: v1\nkind: Config\n" + section + ":\n- name: " + name + "\n  " + key +
           ": {}\n";
}

TEST(Document, WhatIsNotOursIsReplacedOnlyByForce) {
    for (const auto& [section, name] :
         {std::pair<std::string, std::string>{"clusters", sample_entry("prod").cluster()},
          {"users", sample_entry("prod").user()},
          {"contexts", sample_entry("prod").context()}}) {
        const std::string text = with_entry(section, name);
        KubeconfigDocument document = parsed(text);
        const auto refused = document.upsert(sample_entry("prod"), false);
        ASSERT_FALSE(refused) << section;
        EXPECT_NE(refused.error().message.find("was not made by leasehold"), std::string::npos);
        EXPECT_NE(refused.error().hint.find("--force"), std::string::npos);
        EXPECT_EQ(document.text(), text) << section;
        EXPECT_TRUE(document.upsert(sample_entry("prod"), true)) << section;
    }
}

TEST(Document, WhatIsAnotherProfilesIsReplacedOnlyByForce) {
    KubeconfigDocument document = parsed("");
    ASSERT_TRUE(document.upsert(sample_entry("prod"), false));
    const std::string text = document.text();
    EXPECT_TRUE(document.upsert(sample_entry("prod"), false)) << "its own";
    EXPECT_EQ(document.text(), text);
    Entry others = sample_entry("prod");
    others.profile = "dev";
    const auto refused = document.upsert(others, false);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("belongs to the profile \"prod\""), std::string::npos);
    EXPECT_EQ(document.text(), text);
    EXPECT_TRUE(document.upsert(others, true));
}

TEST(Document, AKeyWithoutAValueIsOneAgain) {
    for (const std::string& text : std::vector<std::string>{
             "{\"apiVersion\":\"v1\",\"users\":}", "{\"users\": }", "{\"users\":\n}", "{users: }",
             "{\"users\" :}", "{\"a\":1,\"users\":,\"b\":2}", "{\"clusters\":,\"users\":}",
             "users:\n", "{\"users\":null}", "{\"users\":[]}"}) {
        KubeconfigDocument document = parsed(text);
        ASSERT_TRUE(document.upsert(sample_entry("prod"), false)) << text;
        ASSERT_TRUE(document.remove("prod")) << text;
        EXPECT_EQ(document.text(), text);
    }
}

TEST(Document, OneThatIsRefusedRefusesAll) {
    const std::string text = with_entry("users", sample_entry("two").user());
    KubeconfigDocument document = parsed(text);
    const auto refused =
        document.upsert({sample_entry("one"), sample_entry("two"), sample_entry("three")}, false);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("\"two\""), std::string::npos);
    EXPECT_EQ(document.text(), text);
}

Entry sample_with_context(const std::string& profile, const std::string& context) {
    Entry entry = sample_entry(profile);
    entry.context_name = context;
    return entry;
}

TEST(Document, ANameThatComesTwiceAtOnceIsTheFirstOnes) {
    KubeconfigDocument document = parsed(two_contexts);
    const std::vector<Entry> entries = {sample_with_context("a", "same"),
                                        sample_with_context("b", "same")};
    const auto refused = document.upsert(entries, false);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("belongs to the profile \"a\""), std::string::npos)
        << refused.error().message;
    EXPECT_EQ(document.text(), two_contexts);
}

// A context of others gives way to one of ours, which gives way to a second, and that to a third.
TEST(Document, WhatGaveWayComesBackInWhateverOrderTheOthersGo) {
    KubeconfigDocument document = parsed(two_contexts);
    for (const char* profile : {"p", "q", "r"})
        ASSERT_TRUE(document.upsert(sample_with_context(profile, "two"), true));
    for (const std::vector<ProfileNames>& order :
         std::vector<std::vector<ProfileNames>>{{{"p", "q", "r"}},
                                                {{"p"}, {"q"}, {"r"}},
                                                {{"p"}, {"r"}, {"q"}},
                                                {{"q"}, {"p"}, {"r"}},
                                                {{"q"}, {"r"}, {"p"}},
                                                {{"r"}, {"p"}, {"q"}},
                                                {{"r"}, {"q"}, {"p"}},
                                                {ProfileNames{"p", "r"}, {"q"}},
                                                {{"q"}, ProfileNames{"p", "r"}}}) {
        KubeconfigDocument edited = document;
        for (const ProfileNames& profiles : order) {
            const auto changes = edited.remove(profiles);
            ASSERT_TRUE(changes) << changes.error().message;
        }
        EXPECT_EQ(edited.text(), two_contexts) << ::testing::PrintToString(order);
    }
}

TEST(Document, WhatWasCurrentBeforeIsItAgainBeyondWhatGaveWay) {
    for (const char* first : {"a", "b"}) {
        KubeconfigDocument document = parsed(two_contexts);
        ASSERT_TRUE(document.upsert(sample_with_context("a", "ours"), false));
        ASSERT_TRUE(document.set_current_context("ours"));
        ASSERT_TRUE(document.upsert(sample_with_context("b", "ours"), true));
        ASSERT_TRUE(document.remove(first));
        ASSERT_TRUE(document.remove(std::string_view(first) == "a" ? "b" : "a"));
        EXPECT_EQ(document.text(), two_contexts) << first;
    }
}

TEST(Document, WhatOnlyTheRemovedReferToGoes) {
    KubeconfigDocument added = parsed(two_contexts);
    ASSERT_TRUE(added.upsert({sample_entry("a"), sample_entry("b")}, false));
    std::string text = added.text();
    const std::string reference = "cluster: b\n";
    const std::size_t at = text.find(reference);
    ASSERT_NE(at, std::string::npos) << text;
    text.replace(at, reference.size(), "cluster: a\n");
    KubeconfigDocument alone = parsed(text);
    const auto changes = alone.remove("a");
    ASSERT_TRUE(changes) << changes.error().message;
    EXPECT_EQ(changes->back().action, Change::Action::kept) << alone.text();
    KubeconfigDocument both = parsed(text);
    ASSERT_TRUE(both.remove(ProfileNames{"a", "b"}));
    EXPECT_EQ(both.text(), two_contexts);
}

} // namespace
} // namespace leasehold::kubeconfig
