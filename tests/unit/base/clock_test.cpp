#include "src/base/clock.hpp"

#include <gtest/gtest.h>

namespace leasehold {
namespace {

TEST(Deadline, WithinTakesTheEarlier) {
    const Deadline near = Deadline::after(Milliseconds(50));
    EXPECT_EQ(near.within(Seconds(10)).time(), near.time());
    EXPECT_LE(Deadline::after(Seconds(10)).within(Milliseconds(50)).left(), Milliseconds(50));
    EXPECT_TRUE(Deadline::after(Milliseconds(0)).passed());
    EXPECT_EQ(Deadline::after(Milliseconds(-5)).left(), Milliseconds(0));
}

TEST(SystemClock, KnowsItsBoot) {
    const SystemClock clock;
    EXPECT_EQ(clock.boot_id().size(), 36u);
    EXPECT_EQ(clock.boot_id(), clock.boot_id());
    EXPECT_GT(clock.now().wall, 1'700'000'000);
    EXPECT_GT(clock.now().boot, 0);
}

} // namespace
} // namespace leasehold
