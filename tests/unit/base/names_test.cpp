#include "src/base/names.hpp"

#include <gtest/gtest.h>

#include <string>

namespace leasehold {
namespace {

TEST(Names, ProfileNames) {
    for (const char* name : {"a", "prod", "0", "a.b_c-d", "team1-prod.eu"})
        EXPECT_TRUE(is_profile_name(name)) << name;
    for (const char* name : {"", "-a", ".a", "_a", "A", "a/b", "..", "a b", "\xc3\xa9", "a\n"})
        EXPECT_FALSE(is_profile_name(name)) << name;
    EXPECT_TRUE(is_profile_name(std::string(63, 'a')));
    EXPECT_FALSE(is_profile_name(std::string(64, 'a')));
}

TEST(Names, DnsLabelsAndSubdomains) {
    EXPECT_TRUE(is_dns_label("kube-system"));
    for (const char* name : {"", "-a", "a-", "a.b", "A", "a_b", "a/b", "a%2fb"})
        EXPECT_FALSE(is_dns_label(name)) << name;
    EXPECT_FALSE(is_dns_label(std::string(64, 'a')));
    EXPECT_TRUE(is_dns_subdomain("my.service-account"));
    for (const char* name : {"", ".", "a.", ".a", "a..b", "-a", "a-.b", "a/../b"})
        EXPECT_FALSE(is_dns_subdomain(name)) << name;
}

TEST(Names, LabelsAndTheirKeys) {
    for (const char* key : {"team", "Team_1.x", "example.com/cost-center", "a"})
        EXPECT_TRUE(is_label_key(key)) << key;
    for (const char* key : {"", "/a", "a/", "-a", "a-", "a/b/c", "Example.com/a", "a b", "a:b"})
        EXPECT_FALSE(is_label_key(key)) << key;
    EXPECT_TRUE(is_label_key(std::string(63, 'a')));
    EXPECT_FALSE(is_label_key(std::string(64, 'a')));
    EXPECT_TRUE(is_label_value(""));
    EXPECT_TRUE(is_label_value("A.b_c-1"));
    for (const char* value : {"-", "a/b", "a ", "\xc3\xa4"})
        EXPECT_FALSE(is_label_value(value)) << value;
}

TEST(Names, BearerTokens) {
    EXPECT_TRUE(is_bearer_token("abc.DEF-_~+/="));
    for (const char* token : {"", "a b", "a\nb", "a\r", "a\"b", "\xc3\xa9"})
        EXPECT_FALSE(is_bearer_token(token)) << token;
}

TEST(Names, ControlCharacters) {
    for (const char* text : {"", " ", "a b~", "\xc3\xa9"})
        EXPECT_TRUE(has_no_control_characters(text)) << text;
    for (const std::string& text : {std::string("a\tb"), std::string("a\n"), std::string("\x1f"),
                                    std::string("\x7f"), std::string(1, '\0')})
        EXPECT_FALSE(has_no_control_characters(text)) << text;
}

TEST(Names, HeaderValues) {
    for (const char* value : {"", "kubeconfig-u-x7k2p:abc", "a b\tc", "{\"a\": 1}", "\xc3\xa9"})
        EXPECT_TRUE(is_header_value(value)) << value;
    for (const std::string& value : {std::string("a\nb"), std::string("a\r"), std::string("\x1b"),
                                     std::string("\x7f"), std::string(1, '\0')})
        EXPECT_FALSE(is_header_value(value)) << value;
}

} // namespace
} // namespace leasehold
