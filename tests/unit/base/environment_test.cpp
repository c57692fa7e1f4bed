#include "src/base/environment.hpp"

#include <gtest/gtest.h>

namespace leasehold {
namespace {

TEST(Environment, KeepsTheLastOfDuplicatesAsGoDoes) {
    const char* block[] = {"A=1", "B=", "A=2", "noequals", "=odd", nullptr};
    const Environment environment = Environment::snapshot(block);
    EXPECT_EQ(environment.get("A"), "2");
    EXPECT_EQ(environment.get("B"), "");
    EXPECT_EQ(environment.get("C"), std::nullopt);
    EXPECT_EQ(environment.all().size(), 2u);
}

} // namespace
} // namespace leasehold
