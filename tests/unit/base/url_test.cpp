#include "src/base/url.hpp"

#include <gtest/gtest.h>

namespace leasehold {
namespace {

// NET-16.
TEST(Url, ReadsServers) {
    struct Case {
        std::string_view text, origin, path;
    };
    const Case cases[] = {
        {"https://prod.example:6443", "https://prod.example:6443", ""},
        {"https://PROD.Example", "https://prod.example:443", ""},
        {"HTTPS://a.b/", "https://a.b:443", ""},
        {"https://a.b/k8s/clusters/c-1/", "https://a.b:443", "/k8s/clusters/c-1"},
        {"https://127.0.0.1:1", "https://127.0.0.1:1", ""},
        {"https://[::1]:6443/x", "https://[::1]:6443", "/x"},
        {"https://[2001:DB8::1]", "https://[2001:db8::1]:443", ""},
        {"https://xn--bcher-kva.example", "https://xn--bcher-kva.example:443", ""},
    };
    for (const Case& test : cases) {
        const auto url = parse_https_url(test.text, "server");
        ASSERT_TRUE(url) << test.text << ": " << url.error().message;
        EXPECT_EQ(url->origin(), test.origin);
        EXPECT_EQ(url->path, test.path);
    }
}

TEST(Url, RefusesWhatCouldBeReadAsSomethingElse) {
    for (const char* text : {"",
                             "prod.example",
                             "http://a.b",
                             "ftp://a.b",
                             "https://",
                             "https:///x",
                             "https://:443",
                             "https://a.b:0",
                             "https://a.b:65536",
                             "https://a.b:",
                             "https://a.b:x",
                             "https://a.b:+1",
                             "https://u@a.b",
                             "https://u:p@a.b",
                             "https://a.b?q",
                             "https://a.b#f",
                             "https://a.b/?q",
                             "https://a b",
                             "https://a.b/\t",
                             "https://a.b\\@evil",
                             "https://a.b/x\ny",
                             "https://a..b",
                             "https://.a",
                             "https://a.b.",
                             "https://a%2eb",
                             "https://[::1",
                             "https://[::1]x",
                             "https://[zz]",
                             "https://::1",
                             "https://1.2.3",
                             "https://0x7f.1",
                             "https://1",
                             "https://256.1.1.1",
                             "https://b\xc3\xbc"
                             "cher.example",
                             "https://a.b/../x",
                             "https://a.b/%2e%2e/x",
                             "https://a.b//x",
                             "https://a.b/x%2fy"})
        EXPECT_FALSE(parse_https_url(text, "server")) << text;
}

TEST(Url, ShowsNoPassword) {
    const auto url = parse_https_url("https://user:hunter2@a.b", "server");
    ASSERT_FALSE(url);
    EXPECT_EQ(url.error().message.find("hunter2"), std::string::npos) << url.error().message;
}

TEST(Url, TakesUserinfoWhereItIsAllowed) {
    const auto url = parse_url("http://u:p@proxy:3128", {"http"}, "proxy", true);
    ASSERT_TRUE(url);
    EXPECT_EQ(url->userinfo, "u:p");
    EXPECT_EQ(url->text(), "http://proxy:3128");
}

TEST(Url, EncodesWhatIsReservedInAQuery) {
    EXPECT_EQ(percent_encoded("aZ0-._~"), "aZ0-._~");
    EXPECT_EQ(percent_encoded("a/b&c=d e\xc3\xa9%"), "a%2Fb%26c%3Dd%20e%C3%A9%25");
}

TEST(Url, DecodesWhatIsEncodedAndNothingElse) {
    EXPECT_EQ(percent_decoded("a%2fb%2Bc+%00"), std::string("a/b+c+\0", 7));
    EXPECT_EQ(percent_decoded(""), "");
    for (const char* broken : {"%", "%4", "a%", "%g0", "%0g", "%%41"})
        EXPECT_FALSE(percent_decoded(broken)) << broken;
}

TEST(Url, HintsAtHttps) {
    const auto url = parse_https_url("http://a.b", "server");
    ASSERT_FALSE(url);
    EXPECT_NE(url.error().hint.find("https://"), std::string::npos);
}

} // namespace
} // namespace leasehold
