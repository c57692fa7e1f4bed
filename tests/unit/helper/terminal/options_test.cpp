#include "helper/terminal/options.hpp"

#include <gtest/gtest.h>

namespace leasehold::helper {
namespace {

// Whether the linker makes one of equal literals is its own affair.
TEST(Options, AProfilesNameIsToldByItsLettersNotItsAddress) {
    const std::string name = "NAME";
    Options options("lease create", "[NAME]", "Leases.");
    options.positional(name.c_str());
    ASSERT_TRUE(options.parse({"--profile", "dev"}));
    EXPECT_EQ(options.text("NAME"), "dev");
}

TEST(Options, OneNameIsOneSaidBothWays) {
    Options options("lease create", "[NAME]", "Leases.");
    options.positional("NAME");
    ASSERT_TRUE(options.parse({"dev", "--profile", "dev"}));
    EXPECT_EQ(options.text("profile"), "dev");

    Options other("lease create", "[NAME]", "Leases.");
    other.positional("NAME");
    const auto two = other.parse({"dev", "--profile", "prod"});
    ASSERT_FALSE(two);
    EXPECT_EQ(two.error().message, "two profiles are named: \"dev\" and --profile \"prod\"");
}

} // namespace
} // namespace leasehold::helper
