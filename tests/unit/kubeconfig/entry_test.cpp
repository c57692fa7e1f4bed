#include "kubeconfig/document/document.hpp"
#include "kubeconfig/document/entry.hpp"
#include "src/base/yaml.hpp"
#include "tests/unit/kubeconfig/sample_entry.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace leasehold::kubeconfig {
namespace {

constexpr std::string_view file = "/home/me/.kube/config";

bool is_taken(const std::function<void(Entry&)>& change) {
    Entry entry = sample_entry("prod");
    change(entry);
    return bool(check_entry(entry, file));
}

TEST(Entry, TheUsualOneIsTaken) {
    EXPECT_TRUE(is_taken([](Entry&) {}));
}

// G2
TEST(Entry, TheCommandIsAPathThatEveryClientKeeps) {
    for (const char* command :
         {"", "leasehold", "./leasehold", "/opt/lease hold/leasehold", "/opt/$HOME/leasehold",
          "/usr//bin/leasehold", "/usr/bin/../bin/leasehold", "/home/me/.kube/leasehold"})
        EXPECT_FALSE(is_taken([&](Entry& entry) { entry.exec.command = command; })) << command;
    EXPECT_TRUE(
        is_taken([](Entry& entry) { entry.exec.command = "/home/me/.kube/bin/leasehold"; }));
}

TEST(Entry, TheCommandIsANameOnlyWhereThatIsWished) {
    const auto by_name = [](const char* command) {
        return is_taken([=](Entry& entry) {
            entry.exec.command = command;
            entry.exec.looked_up = true;
        });
    };
    EXPECT_TRUE(by_name("leasehold"));
    for (const char* command : {"", "other", "./leasehold", "bin/leasehold"})
        EXPECT_FALSE(by_name(command)) << command;
}

// G3
TEST(Entry, ArgumentsAreThereAndMeanTheSameToEveryShell) {
    for (const char* argument : {"", "a b", "a'b", "$(id)", "a;b", "a\nb", "~", "*", "\xc3\xa9"})
        EXPECT_FALSE(is_taken([&](Entry& entry) { entry.exec.args.push_back(argument); }))
            << argument;
    EXPECT_FALSE(is_taken([](Entry& entry) { entry.exec.args.clear(); }));
}

// G7
TEST(Entry, TheServerIsHttps) {
    for (const char* server : {"http://prod.example", "prod.example:6443", "https://u:p@h", ""})
        EXPECT_FALSE(is_taken([&](Entry& entry) { entry.server = server; })) << server;
}

// G8
TEST(Entry, ALargeAuthorityIsNotPassedOn) {
    const auto large = [](Entry& entry) {
        entry.certificate_authority_data = std::string(130 * 1024, 'A');
    };
    EXPECT_FALSE(is_taken(large));
    EXPECT_TRUE(is_taken([&](Entry& entry) {
        large(entry);
        entry.exec.provide_cluster_info = false;
    }));
    Entry entry = sample_entry("prod");
    entry.certificate_authority_data = std::string(120 * 1024, 'A');
    EXPECT_FALSE(too_large_for_cluster_info(entry));
    entry.certificate_authority_data += "AAAA";
    EXPECT_TRUE(too_large_for_cluster_info(entry));
}

// G9
TEST(Entry, TheAuthorityIsOneLineAndNeverBesideNoVerification) {
    EXPECT_FALSE(is_taken([](Entry& entry) { entry.insecure_skip_tls_verify = true; }));
    for (const char* data : {"QUJD\nQUJD", "not base64!", "QUJD\r\n"})
        EXPECT_FALSE(is_taken([&](Entry& entry) { entry.certificate_authority_data = data; }))
            << data;
}

// G14, KCFG-5: whatever a name looks like to YAML, what comes back is that name.
TEST(Entry, NamesAreNothingButValues) {
    for (const char* name :
         {"yes",        "no",   "on",    "null", "~",   "1e3",  "0x1f", "1_000", "12:30:45",
          "2026-11-30", ".inf", "=",     "<<",   "- a", "a: b", "a #b", "'",     "\"",
          "&a",         "*a",   "!!str", "%TAG", "{a}", "[a]",  "@x",   "`x",    "|",
          ">",          "? x",  "---",   " a",   "a ",  "true"}) {
        Entry entry = sample_entry("prod");
        entry.context_name = entry.user_name = entry.cluster_name = name;
        ASSERT_TRUE(check_entry(entry, file)) << name;
        auto document = KubeconfigDocument::parse("", "config");
        ASSERT_TRUE(document);
        ASSERT_TRUE(document->upsert(entry, false)) << name;
        ASSERT_TRUE(document->set_current_context(name)) << name;
        const std::string text = document->text();
        const auto read = parse_yaml(text, "config", {});
        ASSERT_TRUE(read) << text;
        EXPECT_EQ(read->text("current-context"), name) << text;
        for (const char* list : {"clusters", "users", "contexts"})
            EXPECT_EQ(read->find(list)->items.front().text("name"), name) << text;
    }
}

} // namespace
} // namespace leasehold::kubeconfig
