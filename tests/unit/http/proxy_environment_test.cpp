#include "src/http/proxy_environment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace leasehold::http {
namespace {

struct Pair {
    const char* host; // with a port if it is not 443
    const char* no_proxy;
    bool direct;
};

// Each verdict is that of golang.org/x/net/http/httpproxy v0.49.0.
constexpr Pair pairs[] = {
    {"example.com", "", false},
    {"10.0.0.1", "", false},
    {"example.com", "*", true},
    {"10.0.0.1", "*", true},
    {"[2001:db8::1]", "*", true},
    {"a.b.c:6443", "*", true},
    {"example.com", "example.com", true},
    {"www.example.com", "example.com", true},
    {"a.b.example.com", "example.com", true},
    {"example.com:6443", "example.com", true},
    {"badexample.com", "example.com", false},
    {"example.com.evil", "example.com", false},
    {"com", "example.com", false},
    {"example.org", "example.com", false},
    {"example.com", ".example.com", false},
    {"www.example.com", ".example.com", true},
    {"badexample.com", ".example.com", false},
    {"example.com", "*.example.com", false},
    {"www.example.com", "*.example.com", true},
    {"a.b.example.com", "*.example.com", true},
    {"xexample.com", "*.example.com", false},
    {"example.com", "EXAMPLE.com", true},
    {"www.example.com", "EXAMPLE.com", true},
    {"example.com", "example.com:443", true},
    {"example.com:6443", "example.com:443", false},
    {"www.example.com", "example.com:443", true},
    {"example.com", "example.com:6443", false},
    {"example.com:6443", "example.com:6443", true},
    {"www.example.com:6443", "example.com:6443", true},
    {"www.example.com:6443", ".example.com:6443", true},
    {"www.example.com", ".example.com:6443", false},
    {"example.com:6443", ".example.com:6443", false},
    {"www.example.com:6443", "*.example.com:6443", true},
    {"www.example.com", "*.example.com:6443", false},
    {"example.com", "example.com:", true},
    {"example.com:6443", "example.com:", true},
    {"example.com", "example.com:https", false},
    {"example.com", "example.com:0443", false},
    {"example.com", ":443", false},
    {"10.0.0.1", ":443", false},
    {"10.0.0.1", "10.0.0.1", true},
    {"10.0.0.1:6443", "10.0.0.1", true},
    {"10.0.0.11", "10.0.0.1", false},
    {"[::ffff:10.0.0.1]", "10.0.0.1", true},
    {"10.0.0.1:6443", "10.0.0.1:6443", true},
    {"10.0.0.1", "10.0.0.1:6443", false},
    {"10.1.2.3", "10.0.0.0/8", true},
    {"11.1.2.3", "10.0.0.0/8", false},
    {"[::ffff:10.1.2.3]", "10.0.0.0/8", true},
    {"10.example.com", "10.0.0.0/8", false},
    {"10.0.0.1:6443", "10.0.0.0/8", true},
    {"10.1.2.3", "10.9.9.9/8", true},
    {"10.1.2.3", "10.0.0.0/08", true},
    {"10.1.2.3", "10.0.0.0/33", false},
    {"10.0.0.0", "10.0.0.0/33", false},
    {"10.0.0.0", "10.0.0.0/", false},
    {"10.1.2.3", "10.0.0.0/8:443", false},
    {"192.168.1.127", "192.168.1.128/25", false},
    {"192.168.1.128", "192.168.1.128/25", true},
    {"192.168.1.255", "192.168.1.128/25", true},
    {"10.0.0.1", "10.0.0.1/32", true},
    {"10.0.0.2", "10.0.0.1/32", false},
    {"8.8.8.8", "0.0.0.0/0", true},
    {"[2001:db8::1]", "0.0.0.0/0", false},
    {"example.com", "0.0.0.0/0", false},
    {"8.8.8.8", "::/0", false},
    {"[2001:db8::1]", "::/0", true},
    {"[::ffff:8.8.8.8]", "::/0", false},
    {"[2001:db8::1]", "2001:db8::/32", true},
    {"[2001:db9::1]", "2001:db8::/32", false},
    {"[2001:db8::1]:6443", "2001:db8::/32", true},
    {"10.1.2.3", "::ffff:10.0.0.0/104", true},
    {"11.1.2.3", "::ffff:10.0.0.0/104", false},
    {"[::ffff:10.1.2.3]", "::ffff:10.0.0.0/104", true},
    {"10.1.2.3", "::ffff:10.0.0.0/90", false},
    {"[2001:db8::1]", "2001:db8::1", true},
    {"[2001:DB8:0::1]:6443", "2001:db8::1", true},
    {"[2001:db8::2]", "2001:db8::1", false},
    {"[2001:db8::1]", "[2001:db8::1]", false},
    {"[2001:db8::1]:6443", "[2001:db8::1]:6443", true},
    {"[2001:db8::1]", "[2001:db8::1]:6443", false},
    {"[2001:db8::1]:6443", "2001:db8::1:6443", false},
    {"[2001:db8::1:6443]", "2001:db8::1:6443", true},
    {"10.0.0.1", "::ffff:10.0.0.1", true},
    {"10.0.0.1", "010.0.0.1", false},
    {"10.0.0.1", "10.0.0", false},
    {"10.0.0.1", "10.*", false},
    {"[fe80::1]", "fe80::1%eth0", false},
    {"example.com", ".", false},
    {"a.b", ".", false},
    {"example.com", "*.", false},
    {"a.b", "*.", false},
    {"example.com", "*.*", false},
    {"example.com", "*example.com", false},
    {"www.example.com", "*example.com", false},
    {"example.com", "example.*", false},
    {"example.com", "*:443", false},
    {"example.com", "com", true},
    {"com", "com", true},
    {"example.com", "http://example.com", false},
    {"example.com", "[example.com]:443", true},
    {"example.com", "exa]mple.com", false},
    {"example.com", "example.com/", false},
    {"www.example.com", "..example.com", false},
    {"example.com", "..example.com", false},
    {"foo_bar", "foo_bar", true},
    {"a.foo_bar", "foo_bar", true},
    {"localhost", "localhost", true},
    {"a.localhost", "localhost", true},
    {"localhost", "other", true},
    {"127.0.0.1", "other", true},
    {"127.1.2.3:6443", "other", true},
    {"[::1]", "other", true},
    {"[::ffff:127.0.0.1]", "other", true},
    {"128.0.0.1", "other", false},
    {"[::2]", "other", false},
    {"localhost.example", "other", false},
    {"example.com", " example.com ", true},
    {"example.com", "a,b,example.com", true},
    {"b", "a,b,example.com", true},
    {"x.a", "a,b,example.com", true},
    {"c", "a,b,example.com", false},
    {"example.com", "a, b\t,\n*", true},
    {"example.com", ",,", false},
    {"example.com", "a;example.com", false},
    {"example.com", "a example.com", false},
};

Url server(const std::string& host) {
    auto url = parse_url("https://" + host, {"https"}, "server");
    EXPECT_TRUE(url) << host;
    return url ? *std::move(url) : Url();
}

bool goes_direct(const std::string& host, const std::string& no_proxy) {
    const Environment environment({{"HTTPS_PROXY", "http://proxy:3128"}, {"NO_PROXY", no_proxy}});
    const auto proxy = proxy_from_environment(server(host), environment);
    EXPECT_TRUE(proxy) << host;
    return proxy && !*proxy;
}

TEST(ProxyEnvironment, NoProxyIsReadAsGoReadsIt) {
    static_assert(std::size(pairs) >= 80);
    for (const Pair& pair : pairs)
        EXPECT_EQ(goes_direct(pair.host, pair.no_proxy), pair.direct)
            << pair.host << " with NO_PROXY=" << pair.no_proxy;
}

TEST(ProxyEnvironment, TheOrderOfEntriesDoesNotMatter) {
    const unsigned seed = std::random_device()();
    std::mt19937 random(seed);
    const auto any = [&] { return pairs[random() % std::size(pairs)]; };
    for (int round = 0; round < 5000; ++round) {
        std::vector<std::string> entries;
        bool expected = false;
        const std::string host = any().host;
        for (auto count = random() % 6; count > 0; --count) {
            entries.emplace_back(any().no_proxy);
            expected = expected || goes_direct(host, entries.back());
        }
        std::string list;
        for (const std::string& entry : entries)
            list += (list.empty() ? "" : ",") + entry;
        const bool verdict = goes_direct(host, list);
        std::shuffle(entries.begin(), entries.end(), random);
        std::string shuffled;
        for (const std::string& entry : entries)
            shuffled += (shuffled.empty() ? "" : " , ") + entry;
        EXPECT_EQ(goes_direct(host, shuffled), verdict) << host << ' ' << list << " seed " << seed;
        // A list says no more and no less than its entries one by one.
        EXPECT_EQ(verdict, expected || goes_direct(host, ""))
            << host << ' ' << list << " seed " << seed;
    }
}

TEST(ProxyEnvironment, WhichVariableCounts) {
    const auto proxy = [](Environment::Variables variables) {
        const auto found =
            proxy_from_environment(server("api.example"), Environment(std::move(variables)));
        return !found ? "error" : *found ? (*found)->origin() : "direct";
    };
    EXPECT_EQ(proxy({}), "direct");
    EXPECT_EQ(proxy({{"HTTPS_PROXY", ""}}), "direct");
    EXPECT_EQ(proxy({{"HTTP_PROXY", "http://p:1"}, {"ALL_PROXY", "http://p:1"}}), "direct");
    EXPECT_EQ(proxy({{"https_proxy", "http://p:1"}}), "http://p:1");
    EXPECT_EQ(proxy({{"HTTPS_PROXY", "http://q:1"}, {"https_proxy", "http://p:1"}}), "http://q:1");
    EXPECT_EQ(proxy({{"HTTPS_PROXY", ""}, {"https_proxy", "http://p:1"}}), "http://p:1");
    EXPECT_EQ(proxy({{"HTTPS_PROXY", "http://p:1"}, {"no_proxy", "example"}}), "direct");
    EXPECT_EQ(
        proxy({{"HTTPS_PROXY", "http://p:1"}, {"NO_PROXY", "other"}, {"no_proxy", "example"}}),
        "http://p:1");
}

TEST(ProxyEnvironment, FormsOfTheProxy) {
    const auto proxy = [](const std::string& value) {
        return proxy_from_environment(server("api.example"), Environment({{"HTTPS_PROXY", value}}));
    };
    EXPECT_EQ((*proxy("p"))->origin(), "http://p:80");
    EXPECT_EQ((*proxy("p:3128"))->origin(), "http://p:3128");
    for (const char* value : {"http://p:3128/", "http://p:3128/?auth=basic", "p:3128?x#y"})
        EXPECT_EQ((*proxy(value))->origin(), "http://p:3128") << value;
    EXPECT_EQ((*proxy("https://p"))->origin(), "https://p:443");
    EXPECT_EQ((*proxy("socks5://p"))->origin(), "socks5://p:1080");
    EXPECT_EQ((*proxy("SOCKS5H://[::1]:9"))->origin(), "socks5h://[::1]:9");
    EXPECT_EQ((*proxy("me:pw@p:3128"))->userinfo, "me:pw");
    for (const char* value :
         {"ftp://p", "socks4://p", "http://", "http://p:0", "http://p:hunter2", "p:1:2", "a b",
          "http://me:hun/ter2@p", "http://me:hun?ter2@p", "%", "unix:///hunter2"}) {
        const auto refused = proxy(value);
        ASSERT_FALSE(refused) << value;
        EXPECT_EQ(refused.error().code, ErrorCode::configuration);
        EXPECT_EQ((refused.error().message + refused.error().hint).find("hun"), std::string::npos);
    }
}

} // namespace
} // namespace leasehold::http
