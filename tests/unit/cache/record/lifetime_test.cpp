#include "cache/record/lifetime.hpp"

#include <gtest/gtest.h>

#include <set>

namespace leasehold::cache {
namespace {

constexpr std::int64_t year = 365LL * 86'400;
const std::string boot = "11111111-1111-4111-8111-111111111111";
const std::string other_boot = "22222222-2222-4222-8222-222222222222";
constexpr Instant issue{1'800'000'000, 50'000};

Lifetime plan(std::int64_t life, std::int64_t jitter = 0) {
    return plan_lifetime(Seconds(life), issue, boot, Seconds(jitter));
}

Instant later(std::int64_t seconds) {
    return {issue.wall + seconds, issue.boot + seconds};
}

struct PlanCase {
    std::int64_t life;
    std::int64_t refresh_after;
    std::int64_t serve_for;
    std::int64_t reported_for;
};

class Plan : public testing::TestWithParam<PlanCase> {};

TEST_P(Plan, CACHE_2_IsAsTheContractSays) {
    const PlanCase& expected = GetParam();
    const Lifetime lifetime = plan(expected.life);
    EXPECT_EQ(lifetime.refresh_after.count(), expected.refresh_after);
    EXPECT_EQ(lifetime.serve_for.count(), expected.serve_for);
    EXPECT_EQ(lifetime.reported_for.count(), expected.reported_for);
    EXPECT_EQ(lifetime.ends_after.count(), expected.life);
}

INSTANTIATE_TEST_SUITE_P(
    Lives, Plan,
    testing::Values(
        // One hour: reported 60 s early, renewed with 12 min left, served to 5 min (H13, H14).
        PlanCase{3600, 3540 - 720, 3540 - 300, 3540},
        // Ten minutes, the API server's least: 30 s early, renewed below 330 s, served to 300 s.
        PlanCase{600, 570 - 330, 570 - 300, 570}, PlanCase{601, 571 - 330, 571 - 300, 571},
        PlanCase{599, 570 - 329, 570 - 299, 570}, PlanCase{1200, 1140 - 360, 1140 - 300, 1140},
        PlanCase{1800, 1740 - 360, 1740 - 300, 1740}, PlanCase{7200, 7140 - 1440, 6840, 7140},
        // A long one is renewed after a day.
        PlanCase{86'400 * 8, 86'400, 86'400 * 8 - 60 - 300, 86'400 * 8 - 60},
        // Shorter than anything Kubernetes grants, as other issuers do.
        PlanCase{300, 285 - 165, 285 - 150, 285}, PlanCase{60, 57 - 33, 57 - 30, 57},
        PlanCase{10, 9 - 5, 9 - 4, 9}, PlanCase{2, 0, 1, 1}, PlanCase{1, 0, 0, 0},
        PlanCase{0, 0, 0, 0}),
    [](const auto& given) { return "life_" + std::to_string(given.param.life); });

TEST(PlanLifetime, KeepsItsOrderForEveryLifeAndJitter) {
    for (std::int64_t life = 0; life < 8000; ++life)
        for (const std::int64_t jitter :
             {0L, 1L, 10L, choose_jitter(Seconds(life), 12'345).count()}) {
            const Lifetime lifetime = plan(life, jitter);
            ASSERT_LE(0, lifetime.refresh_after.count()) << life;
            ASSERT_LE(lifetime.refresh_after, lifetime.serve_for) << life;
            ASSERT_LE(lifetime.serve_for, lifetime.reported_for) << life;
            ASSERT_LE(lifetime.reported_for, lifetime.ends_after) << life;
            const bool room = lifetime.refresh_after < lifetime.serve_for;
            ASSERT_TRUE(room || life < 20) << life << ": nobody would renew in the background";
        }
}

TEST(PlanLifetime, SurvivesAbsurdLives) {
    const Lifetime negative = plan(-5);
    EXPECT_EQ(negative.ends_after.count(), 0);
    const Lifetime endless = plan(std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(endless.ends_after.count(), 100 * year);
    EXPECT_EQ(endless.refresh_after.count(), 86'400);
}

TEST(PlanLifetime, JitterRenewsEarlierAndServesAsLong) {
    EXPECT_EQ(plan(3600, 10).refresh_after, plan(3600).refresh_after - Seconds(10));
    EXPECT_EQ(plan(3600, 10).serve_for, plan(3600).serve_for);
}

// LOCK-4: hosts that leased in one second renew over half of the time they have.
TEST(ChooseJitter, LOCK_4_SpreadsOverHalfOfTheTimeUntilTheRenewal) {
    std::set<std::int64_t> seen;
    for (std::uint32_t random = 0; random < 5000; ++random) {
        seen.insert(choose_jitter(Seconds(3600), random).count());
        EXPECT_LE(choose_jitter(Seconds(600), random), Seconds(120));
        EXPECT_LE(choose_jitter(Seconds(8 * 86'400), random), Seconds(43'200));
        EXPECT_EQ(choose_jitter(Seconds(1), random), Seconds(0));
        EXPECT_EQ(choose_jitter(Seconds(-10), random), Seconds(0));
    }
    EXPECT_EQ(seen.size(), 1411U) << "not every value from 0 to 1410 comes up";
    EXPECT_EQ(*seen.rbegin(), 1410);
}

TEST(ChooseJitter, AppliesToLivesThatAreRenewedAfterADay) {
    EXPECT_EQ(plan(8 * 86'400, 3600).refresh_after, Seconds(86'400 - 3600));
}

TEST(ChoosePause, IsHalfToAllOfTheTimeThatTheOldTokenDoes) {
    const auto pauses_at = [](std::int64_t age) {
        std::set<std::int64_t> seen;
        for (std::uint32_t random = 0; random < 1000; ++random)
            seen.insert(
                choose_pause(judge(plan(3600), later(age), boot), later(age).wall, random).count());
        return std::pair(*seen.begin(), *seen.rbegin());
    };
    EXPECT_EQ(pauses_at(2820), std::pair(210L, 420L)) << "served for 420 s more";
    EXPECT_EQ(pauses_at(3240), std::pair(150L, 300L)) << "spent, and good for 300 s more";
    EXPECT_EQ(pauses_at(3540), std::pair(0L, 0L)) << "of no use any more";
}

struct BoundaryCase {
    std::int64_t life;
    std::int64_t age;
    Freshness freshness;
    bool usable;
};

class Boundary : public testing::TestWithParam<BoundaryCase> {};

TEST_P(Boundary, CACHE_2_IsJudgedToTheSecond) {
    const BoundaryCase& expected = GetParam();
    const Lifetime lifetime = plan(expected.life);
    const Instant now = later(expected.age);
    const Judgement judgement = judge(lifetime, now, boot);
    EXPECT_EQ(judgement.freshness, expected.freshness);
    EXPECT_EQ(judgement.usable, expected.usable);
    EXPECT_EQ(judgement.reported_expiry, issue.wall + lifetime.reported_for.count());
    EXPECT_EQ(judgement.left.count(), std::max<std::int64_t>(expected.life - expected.age, 0));
    EXPECT_EQ(judgement.servable > Seconds(0), expected.freshness != Freshness::spent);
}

INSTANTIATE_TEST_SUITE_P(Ages, Boundary,
                         testing::Values(BoundaryCase{3600, 0, Freshness::fresh, true},
                                         BoundaryCase{3600, 2819, Freshness::fresh, true},
                                         BoundaryCase{3600, 2820, Freshness::due, true},
                                         BoundaryCase{3600, 2821, Freshness::due, true},
                                         BoundaryCase{3600, 3239, Freshness::due, true},
                                         BoundaryCase{3600, 3240, Freshness::spent, true},
                                         BoundaryCase{3600, 3241, Freshness::spent, true},
                                         BoundaryCase{3600, 3539, Freshness::spent, true},
                                         BoundaryCase{3600, 3540, Freshness::spent, false},
                                         BoundaryCase{3600, 3541, Freshness::spent, false},
                                         BoundaryCase{3600, 3600, Freshness::spent, false},
                                         BoundaryCase{600, 239, Freshness::fresh, true},
                                         BoundaryCase{600, 240, Freshness::due, true},
                                         BoundaryCase{600, 269, Freshness::due, true},
                                         BoundaryCase{600, 270, Freshness::spent, true},
                                         BoundaryCase{600, 569, Freshness::spent, true},
                                         BoundaryCase{600, 570, Freshness::spent, false}),
                         [](const auto& given) {
                             return std::to_string(given.param.life) + "_at_" +
                                    std::to_string(given.param.age);
                         });

// CACHE-5: how far the wall clock moved, how far the boot clock, whether it is the same boot.
struct JumpCase {
    std::string name;
    std::int64_t wall;
    std::int64_t boot_seconds;
    bool same_boot;
    Freshness freshness;
    bool usable;
};

class Jump : public testing::TestWithParam<JumpCase> {};

TEST_P(Jump, CACHE_5_NeverServesAnEndedTokenNorReportsAPastExpiry) {
    const JumpCase& expected = GetParam();
    const Instant now{issue.wall + expected.wall, expected.same_boot
                                                      ? issue.boot + expected.boot_seconds
                                                      : expected.boot_seconds};
    const Judgement judgement = judge(plan(3600), now, expected.same_boot ? boot : other_boot);
    EXPECT_EQ(judgement.freshness, expected.freshness);
    EXPECT_EQ(judgement.usable, expected.usable);
    if (judgement.usable) {
        EXPECT_GT(judgement.reported_expiry, now.wall) << "H15";
        EXPECT_LE(judgement.reported_expiry, now.wall + 3540);
    }
    if (judgement.freshness != Freshness::spent) {
        EXPECT_TRUE(judgement.usable);
    }
}

constexpr auto fresh = Freshness::fresh;
constexpr auto spent = Freshness::spent;

// 60 s really pass on the boot clock in each of the first group.
INSTANTIATE_TEST_SUITE_P(
    Clocks, Jump,
    testing::Values(JumpCase{"none", 60, 60, true, fresh, true},
                    JumpCase{"forward_1s", 61, 60, true, fresh, true},
                    JumpCase{"forward_1h", 3660, 60, true, spent, false},
                    JumpCase{"forward_1d", 86'460, 60, true, spent, false},
                    JumpCase{"forward_10y", 10 * year, 60, true, spent, false},
                    JumpCase{"back_1s", 59, 60, true, fresh, true},
                    JumpCase{"back_1s_at_issue", -1, 0, true, fresh, true},
                    JumpCase{"back_2s_at_issue", -2, 0, true, spent, true},
                    JumpCase{"back_1h", 60 - 3600, 60, true, spent, true},
                    JumpCase{"back_1d", 60 - 86'400, 60, true, spent, true},
                    JumpCase{"back_10y", -10 * year, 60, true, spent, true},
                    JumpCase{"back_1h_after_the_end", 3600 + 60 - 3600, 3660, true, spent, false},
                    JumpCase{"suspend_8h", 8 * 3600, 8 * 3600, true, spent, false},
                    JumpCase{"suspend_8h_and_wall_lost", 0, 8 * 3600, true, spent, false},
                    JumpCase{"suspend_10m", 600, 600, true, fresh, true},
                    JumpCase{"boot_clock_ran_back", 60, -60, true, spent, false},
                    JumpCase{"reboot", 60, 30, false, fresh, true},
                    JumpCase{"reboot_boot_clock_ahead", 60, 90'000, false, fresh, true},
                    JumpCase{"reboot_forward_1s", 61, 30, false, fresh, true},
                    JumpCase{"reboot_forward_1h", 3660, 30, false, spent, false},
                    JumpCase{"reboot_forward_1d", 86'460, 30, false, spent, false},
                    JumpCase{"reboot_forward_10y", 10 * year, 30, false, spent, false},
                    JumpCase{"reboot_back_1s", -1, 30, false, fresh, true},
                    JumpCase{"reboot_back_1h", 60 - 3600, 30, false, spent, false},
                    JumpCase{"reboot_back_1d", 60 - 86'400, 30, false, spent, false},
                    JumpCase{"reboot_back_10y", -10 * year, 30, false, spent, false},
                    JumpCase{"reboot_off_for_8h", 8 * 3600, 30, false, spent, false}),
    [](const auto& given) { return given.param.name; });

TEST(Judge, CACHE_5_AnUnknownBootIsAnotherBoot) {
    Lifetime lifetime = plan(3600);
    lifetime.boot_id = "";
    // The boot clock would say that it ended long ago; it may be another machine's.
    EXPECT_EQ(judge(lifetime, {issue.wall + 60, issue.boot + 90'000}, "").freshness, fresh);
}

TEST(Judge, ReportsTheSameExpiryHoweverTheSecondsOfTheTwoClocksFall) {
    for (const std::int64_t step : {0, 1})
        EXPECT_EQ(
            judge(plan(3600), {issue.wall + 60, issue.boot + 60 + step}, boot).reported_expiry,
            issue.wall + 3540);
}

TEST(Judge, CACHE_4_ReportsInTheCallersTime) {
    // The wall clock was set back by 20 minutes: 10 min have passed, and 49 are left from now.
    const Instant now{issue.wall + 600 - 599, issue.boot + 600};
    EXPECT_EQ(judge(plan(3600), now, boot).reported_expiry, now.wall + 3540 - 600);
}

} // namespace
} // namespace leasehold::cache
