#include "src/http/proxy.hpp"

#include <gtest/gtest.h>

namespace leasehold::http {
namespace {

Result<std::optional<ProxyCredential>> credential(const std::string& userinfo) {
    Url proxy;
    proxy.scheme = "http";
    proxy.host = "proxy.example";
    proxy.port = 3128;
    proxy.userinfo = userinfo;
    return proxy_credential(proxy);
}

TEST(Proxy, ItsCredentialIsDecoded) {
    ASSERT_TRUE(credential(""));
    EXPECT_FALSE(*credential(""));
    struct Case {
        const char* written;
        const char* user;
        const char* password;
    };
    for (const Case& one :
         {Case{"me:pw", "me", "pw"}, Case{"me", "me", ""}, Case{"me:", "me", ""},
          Case{":pw", "", "pw"}, Case{"me:a:b", "me", "a:b"}, Case{"m%20e:%3A%25", "m e", ":%"}}) {
        const auto read = credential(one.written);
        ASSERT_TRUE(read && *read) << one.written;
        EXPECT_EQ((*read)->user, one.user);
        EXPECT_EQ((*read)->password.reveal(), one.password);
    }
}

TEST(Proxy, ACredentialThatCouldBeReadInTwoWaysIsRefused) {
    for (const char* written : {"%zz:hunter2", "me:%zhunter2", "me%4:hunter2", "m%0Ae:hunter2",
                                "me:%0Dhunter2", "m%00e:hunter2", "a%3Ab:hunter2", "a%3Ahunter2"}) {
        const auto refused = credential(written);
        ASSERT_FALSE(refused) << written;
        EXPECT_EQ(refused.error().code, ErrorCode::configuration);
        EXPECT_EQ((refused.error().message + refused.error().hint).find("hunter2"),
                  std::string::npos);
    }
}

} // namespace
} // namespace leasehold::http
