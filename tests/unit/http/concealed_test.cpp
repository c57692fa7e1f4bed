#include "src/http/concealed.hpp"

#include <gtest/gtest.h>

namespace leasehold::http {
namespace {

std::string concealed(std::string text, std::string_view secret) {
    conceal(text, Secret(secret));
    return text;
}

TEST(Concealed, WhatWasSentIsTakenOut) {
    EXPECT_EQ(concealed("no: a-secret-id, a-secret-id", "a-secret-id"),
              "no: (what was sent), (what was sent)");
    EXPECT_EQ(concealed("a-secret-id", "a-secret-id"), "(what was sent)");
    EXPECT_EQ(concealed("another", "a-secret-id"), "another");
    EXPECT_EQ(concealed("", "a-secret-id"), "");
}

TEST(Concealed, WhatWasCutOffToo) {
    const std::string secret = "0123456789abcdefghijklmnop";
    EXPECT_EQ(concealed("x 0123456789abcdefgh...", secret), "x (what was sent)...");
    EXPECT_EQ(concealed("x " + secret + "q", secret), "x (what was sent)q");
    EXPECT_EQ(concealed("x 0123456789abcde", secret), "x 0123456789abcde");
}

TEST(Concealed, WhatIsFoundInAnyTextStays) {
    EXPECT_EQ(concealed("the server does not", "server"), "the server does not");
    EXPECT_EQ(concealed("x", ""), "x");
}

} // namespace
} // namespace leasehold::http
