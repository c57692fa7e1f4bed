#include "src/http/request_text.hpp"

#include <gtest/gtest.h>

namespace leasehold::http {
namespace {

Server server(const std::string& url = "https://a.example:6443/base") {
    Server server;
    server.url = *parse_https_url(url, "server");
    return server;
}

Request request(std::string target = "/api") {
    Request request;
    request.method = "GET";
    request.target = std::move(target);
    return request;
}

TEST(RequestText, GoesBelowTheBasePathWithTheUsualHeaders) {
    const Secret bearer(std::string_view("t0ken"));
    Request message = request();
    message.bearer = &bearer;
    message.headers = {{"Impersonate-User", "boss"}};
    const auto made = to_message(message, server());
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(std::string(made->target()), "/base/api");
    EXPECT_EQ(std::string((*made)["Host"]), "a.example:6443");
    EXPECT_EQ(std::string((*made)["Authorization"]), "Bearer t0ken");
    EXPECT_EQ(std::string((*made)["Accept-Encoding"]), "identity");
    EXPECT_EQ(std::string((*made)["Impersonate-User"]), "boss");
}

// F13: Beast writes what it is given.
TEST(RequestText, RefusesWhatWouldBreakOut) {
    for (const char* target :
         {"", "api", "/a b", "/a\r\nX: y", "/a\tb", "/a#b", "/\x7f", "/\xc3\xa9"})
        EXPECT_FALSE(to_message(request(target), server())) << target;
    const Header bad[] = {{"X", "a\r\nY: b"}, {"X", "a\nb"}, {"X", std::string("a\0b", 3)},
                          {"X\r\nY", "a"},    {"X Y", "a"},  {"", "a"},
                          {"X:", "a"}};
    for (const Header& header : bad) {
        Request message = request();
        message.headers = {header};
        EXPECT_FALSE(to_message(message, server())) << header.name << ": " << header.value;
    }
    for (const char* token : {"", "a\nb", "a\r\nX: y"}) {
        const Secret bearer{std::string_view(token)};
        Request message = request();
        message.bearer = &bearer;
        const auto made = to_message(message, server());
        ASSERT_FALSE(made) << token;
        EXPECT_EQ(made.error().message.find("X: y"), std::string::npos);
    }
}

// Whatever is a legal header value goes out as it stands, as client-go does it: Rancher's tokens
// have a colon.
TEST(RequestText, SendsEveryLegalToken) {
    for (const char* token : {"kubeconfig-u-x7k2p:abc", "a b", "{\"k\":1}", "\xc3\xa9"}) {
        const Secret bearer{std::string_view(token)};
        Request message = request();
        message.bearer = &bearer;
        const auto made = to_message(message, server());
        ASSERT_TRUE(made) << token;
        EXPECT_EQ(std::string((*made)["Authorization"]), "Bearer " + std::string(token));
    }
}

TEST(RequestText, ATokenMayHaveAHeaderOfItsOwn) {
    const Secret bearer(std::string_view("s.t0ken"));
    Request message = request();
    message.bearer = &bearer;
    message.bearer_header = "X-Vault-Token";
    const auto made = to_message(message, server());
    ASSERT_TRUE(made);
    EXPECT_EQ(std::string((*made)["X-Vault-Token"]), "s.t0ken");
    EXPECT_EQ(std::string((*made)["Authorization"]), "");
}

} // namespace
} // namespace leasehold::http
