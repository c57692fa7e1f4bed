#include "helper/terminal/suggestion.hpp"

#include <gtest/gtest.h>

namespace leasehold::helper {
namespace {

TEST(Suggestion, NamesTheClosestWord) {
    const std::vector<std::string> words{"setup", "status", "lease list", "lease", "login"};
    EXPECT_EQ(closest("setpu", words), "setup");
    EXPECT_EQ(closest("staus", words), "status");
    EXPECT_EQ(closest("leas list", words), "lease list");
    EXPECT_EQ(closest("lgin", words), "login");
    EXPECT_EQ(closest("leaes", words), "lease");
}

TEST(Suggestion, IsSilentWhereNothingIsClose) {
    EXPECT_EQ(closest("frobnicate", {"setup", "status"}), "");
    EXPECT_EQ(closest("", {"a", "ab", "abc"}), "");
    EXPECT_EQ(closest("xy", {"ab", "abcd"}), "");
    EXPECT_EQ(closest(std::string(100'000, 'a'), {"aaa"}), "");
}

} // namespace
} // namespace leasehold::helper
