#include "helper/process/client_call.hpp"
#include "helper/process/client_environment.hpp"
#include "helper/process/erasing.hpp"

#include <gtest/gtest.h>

namespace leasehold::helper {
namespace {

using Variables = Environment::Variables;

PartedEnvironment part(const Variables& given, const std::optional<Variables>& client) {
    return part_environment(
        Environment(given), client ? std::optional(Environment(*client)) : std::nullopt,
        [] { return std::string("/home/me"); }, 1000);
}

TEST(ClientCall, WhatTheClientHasTooCounts) {
    const Variables own{{"HOME", "/odd"}, {"AWS_PROFILE", "mine"}, {"PATH", "/usr/bin"}};
    const auto parted = part(own, own);
    EXPECT_EQ(parted.counts.all(), own);
    EXPECT_TRUE(parted.withheld.all().empty());
}

TEST(ClientCall, OfTheRestTheClientsOwnValueCounts) {
    const auto parted = part({{"PATH", "/evil"}, {"SSL_CERT_FILE", "/evil.pem"}, {"A", ""}},
                             Variables{{"PATH", "/usr/bin"}});
    EXPECT_EQ(parted.counts.all(), (Variables{{"PATH", "/usr/bin"}}));
    EXPECT_EQ(parted.withheld.all(),
              (Variables{{"A", ""}, {"PATH", "/evil"}, {"SSL_CERT_FILE", "/evil.pem"}}));
}

TEST(ClientCall, UsualPlacesAndHarmlessNamesCountWhoeverSetThem) {
    const Variables usual{{"HOME", "/home/me"},
                          {"XDG_CONFIG_HOME", "/home/me/.config"},
                          {"XDG_RUNTIME_DIR", "/run/user/1000"},
                          {"DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1000/bus"},
                          {"HTTPS_PROXY", "http://p:1"},
                          {"LC_ALL", "C"},
                          {"KUBERNETES_EXEC_INFO", "{}"}};
    EXPECT_EQ(part(usual, std::nullopt).counts.all(), usual);
    EXPECT_TRUE(part({{"HOME", "/home/you"}}, std::nullopt).counts.all().empty());
    EXPECT_TRUE(part({{"XDG_RUNTIME_DIR", "/run/user/1001"}}, std::nullopt).counts.all().empty());
}

TEST(ClientCall, ACallerIsTheSameBehindTheCall) {
    for (const Caller& caller : {Caller{}, Caller{true, std::nullopt}, Caller{true, ""},
                                 Caller{true, std::string("A=1\0B=2\0", 8)}}) {
        const auto read = decode_caller(encode_caller(caller));
        ASSERT_TRUE(read);
        EXPECT_EQ(read->client, caller.client);
        EXPECT_EQ(read->environment, caller.environment);
    }
    EXPECT_FALSE(decode_caller(""));
    EXPECT_FALSE(decode_caller("?"));
}

TEST(ClientCall, TheLoadersVariablesGoAndTheOthersStay) {
    std::vector<std::string> texts{"LD_PRELOAD=x", "A=1",          "GLIBC_TUNABLES=x",
                                   "LOCPATH=x",    "HOSTALIASES=", "LDAP=1"};
    std::vector<char*> block;
    for (std::string& text : texts)
        block.push_back(text.data());
    block.push_back(nullptr);
    drop_loader_variables(block.data());
    EXPECT_STREQ(block[0], "A=1");
    EXPECT_STREQ(block[1], "LDAP=1");
    EXPECT_EQ(block[2], nullptr);
}

TEST(ClientCall, SecretsAreErased) {
    std::vector<std::string> texts{"SITE_CLIENT_SECRET=abc", "HOME=/h", "CI_JWT=abc"};
    std::vector<char*> block;
    for (std::string& text : texts)
        block.push_back(text.data());
    block.push_back(nullptr);
    erase_secrets(block.data());
    EXPECT_STREQ(block[0], "HOME=/h");
    EXPECT_EQ(block[1], nullptr);
    EXPECT_EQ(texts[0], std::string(texts[0].size(), '\0'));
    EXPECT_EQ(texts[2], std::string(texts[2].size(), '\0'));
}

TEST(ClientCall, APlaceIsAnotherQuestion) {
    const auto text = [](std::string_view which, const char* value) {
        return places_text([=](const char* name) { return name == which ? value : nullptr; });
    };
    for (const char* name : {"HOME", "LEASEHOLD_CONFIG_DIR", "XDG_RUNTIME_DIR"}) {
        EXPECT_TRUE(names_a_place(name));
        EXPECT_NE(text(name, "/a"), text(name, "/b"));
    }
    EXPECT_NE(text("XDG_STATE_HOME", "/a"), text("XDG_CACHE_HOME", "/a"));
    EXPECT_FALSE(names_a_place("PATH"));
}

} // namespace
} // namespace leasehold::helper
