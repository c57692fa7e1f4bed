#include "src/lease/identity/unverified_jwt.hpp"
#include "tests/unit/lease/tokens.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease::identity {
namespace {

TEST(UnverifiedJwt, TellsWhoseItIsAndHowLongItLasts) {
    const auto claims =
        read_unverified(make_token(R"({"iss":"https://ci","sub":"job:7","iat":100,"exp":700})"));
    ASSERT_TRUE(claims);
    EXPECT_EQ(claims->issuer, "https://ci");
    EXPECT_EQ(claims->subject, "job:7");
    EXPECT_EQ(claims->issued, 100);
    EXPECT_EQ(claims->expires, 700);
}

TEST(UnverifiedJwt, TellsForWhomItIs) {
    using Audiences = std::vector<std::string>;
    EXPECT_EQ(read_unverified(make_token(R"({"aud":"k8s"})"))->audiences, Audiences{"k8s"});
    EXPECT_EQ(read_unverified(make_token(R"({"aud":["a",7,"b"]})"))->audiences,
              (Audiences{"a", "b"}));
    EXPECT_EQ(read_unverified(make_token(R"({"aud":7})"))->audiences, Audiences{});
}

TEST(UnverifiedJwt, WhatIsNotSaidIsEmpty) {
    const auto claims = read_unverified(make_token(R"({"sub":7})"));
    ASSERT_TRUE(claims);
    EXPECT_EQ(claims->issuer + claims->subject, "");
    EXPECT_FALSE(claims->expires);
}

TEST(UnverifiedJwt, AnOpaqueTokenIsNone) {
    for (const std::string token : {"", "abc", "a.b", "a.b.c", "....", "a..c"})
        EXPECT_FALSE(read_unverified(token)) << token;
    EXPECT_FALSE(read_unverified(std::string(20000, 'a') + ".b.c"));
}

} // namespace
} // namespace leasehold::lease::identity
