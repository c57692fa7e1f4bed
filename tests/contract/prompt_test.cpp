// Prompts for unlocking, in every way they can end (SS-5 and LOCK-8). What the
// scripted service was asked is counted.
#include "cache/notes/lock.hpp"
#include "cache/notes/skip_marker.hpp"
#include "cache/secret_service/store.hpp"
#include "cache/secret_service/unlocking.hpp"
#include "tests/contract/private_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <unistd.h>

namespace leasehold::cache {
namespace {

using testing::HasSubstr;

constexpr Seconds hour{3600};

class PromptTest : public testing::Test {
protected:
    void start(const std::vector<std::string>& script) {
        session_.start_bus();
        session_.start_scripted_service(script);
        ASSERT_TRUE(open()->put(key_, Secret("canary"), hour)) << "the scripted service is broken";
        session_.arm_service();
    }
    [[nodiscard]] SecretServiceSettings settings() const {
        return {.child = test::secret_service_child(),
                .environment = session_.environment(),
                .limit = Seconds(20), // a small machine may have others' work to do, too
                .marker_directory = session_.directory() + "/run"};
    }
    std::unique_ptr<TokenStore> open() { return make_secret_service_store(settings()); }
    [[nodiscard]] StoreResult<void> unlock(Milliseconds limit = Milliseconds(30'000)) const {
        return unlock_with_prompt({.service = settings(), .prompt_limit = limit});
    }
    void expect_no_unlocking(StoreFault fault, const std::string& words,
                             Milliseconds limit = Milliseconds(30'000)) {
        const auto unlocked = unlock(limit);
        ASSERT_FALSE(unlocked) << "it counts as unlocked";
        EXPECT_EQ(unlocked.error().fault, fault) << unlocked.error().message;
        EXPECT_THAT(unlocked.error().message, HasSubstr(words));
        EXPECT_EQ(session_.calls("Prompt"), 1);
    }

    inline static const CacheKey key_ = CacheKey::of({{"name", "a"}});
    test::PrivateSession session_;
};

TEST_F(PromptTest, SS_5_WithoutPermissionNobodyIsAsked) {
    start({"prompt=accept"});
    const auto store = open();
    EXPECT_FALSE(store->get(key_));
    EXPECT_FALSE(store->put(key_, Secret("other"), hour));
    EXPECT_FALSE(store->erase(key_));
    EXPECT_FALSE(store->list());
    EXPECT_FALSE(store->clear());
    EXPECT_EQ(session_.calls("Unlock") + session_.calls("Prompt"), 0)
        << "a store asked for unlocking: see quiet_service.cpp";
}

TEST_F(PromptTest, SS_5_AnOpenKeyringIsNotAskedFor) {
    start({});
    EXPECT_TRUE(unlock());
    EXPECT_EQ(session_.calls("Unlock") + session_.calls("Prompt"), 0);
}

TEST_F(PromptTest, SS_5_AcceptedItIsOpen) {
    start({"prompt=accept"});
    const auto unlocked = unlock();
    ASSERT_TRUE(unlocked) << unlocked.error().message;
    const auto found = open()->get(key_);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_TRUE(*found && (**found).reveal() == "canary") << "the entry is gone";
    EXPECT_EQ(session_.calls("Prompt"), 1);
    EXPECT_EQ(session_.calls("Dismiss"), 0);
}

TEST_F(PromptTest, SS_5_DismissedItIsLocked) {
    start({"prompt=dismiss"});
    expect_no_unlocking(StoreFault::locked, "dismissed");
}

TEST_F(PromptTest, SS_5_APromptThatNobodyAnswersIsDismissed) {
    start({"prompt=never"});
    expect_no_unlocking(StoreFault::locked, "nobody answered", Milliseconds(700));
    EXPECT_EQ(session_.calls("Dismiss"), 1) << "the prompt still stands on the user's screen";
}

TEST_F(PromptTest, SS_5_APromptMayStandForAMinute) {
    EXPECT_EQ(UnlockSettings{}.prompt_limit, Milliseconds(60'000));
}

TEST_F(PromptTest, SS_5_AServiceThatVanishesIsUnavailable) {
    start({"prompt=vanish"});
    expect_no_unlocking(StoreFault::unavailable, "it went away");
}

TEST_F(PromptTest, SS_5_AServiceThatVanishesAtTheQuestionIsUnavailable) {
    start({"prompt=accept", "Prompt=disconnect"});
    expect_no_unlocking(StoreFault::unavailable, "it went away");
}

TEST_F(PromptTest, SS_5_AMalformedEndIsAFailure) {
    start({"prompt=malformed"});
    expect_no_unlocking(StoreFault::failed, "nonsense");
    EXPECT_EQ(session_.calls("Dismiss"), 1);
}

TEST_F(PromptTest, SS_5_AYesThatUnlocksNothingIsLocked) {
    start({"prompt=lie"});
    expect_no_unlocking(StoreFault::locked, "locked");
}

TEST_F(PromptTest, LOCK_8_TenAtOnceMakeOnePrompt) {
    for (const char* outcome : {"accept", "dismiss"}) {
        session_.kill_service();
        (void)::unlink((session_.directory() + "/service.log").c_str());
        (void)::unlink((session_.directory() + "/service.log.armed").c_str());
        start({std::string("prompt=") + outcome, "delay=500"});
        std::atomic<int> opened{0};
        std::vector<std::thread> callers;
        for (int i = 0; i < 10; ++i)
            callers.emplace_back(
                [&] { opened += unlock_with_prompt({.service = settings()}) ? 1 : 0; });
        for (std::thread& caller : callers)
            caller.join();
        EXPECT_EQ(session_.calls("Prompt"), 1)
            << outcome << ": see cache/secret_service/unlocking.cpp";
        EXPECT_EQ(opened, std::string(outcome) == "accept" ? 10 : 0) << outcome;
    }
}

TEST_F(PromptTest, LOCK_8_WhoWaitedWhileAPromptWasDismissedIsNotAsked) {
    start({"prompt=dismiss"});
    auto others = std::optional(KeyLock::acquire(
        settings().marker_directory, CacheKey::of({{"kind", "secret-service-prompt"}}).digest_hex(),
        Deadline::after(Seconds(20))));
    ASSERT_EQ(others->state(), KeyLock::State::acquired);
    std::thread waiting([&] {
        const auto unlocked = unlock();
        ASSERT_FALSE(unlocked);
        EXPECT_EQ(unlocked.error().hint, "run it again to be asked") << unlocked.error().message;
    });
    while (session_.calls("SearchItems") == 0)
        std::this_thread::sleep_for(Milliseconds(5));
    SkipMarker(settings().marker_directory, "secret-service.unanswered").set();
    std::this_thread::sleep_for(Seconds(6)); // others had their turn: such a marker counts for 5 s
    others.reset();
    waiting.join();
    EXPECT_EQ(session_.calls("Prompt"), 0);
}

TEST_F(PromptTest, LOCK_8_WithoutAPlaceToLockThereIsNoPrompt) {
    start({"prompt=accept"});
    SecretServiceSettings homeless = settings();
    homeless.marker_directory = "/proc/nowhere";
    EXPECT_FALSE(unlock_with_prompt({.service = homeless}));
    EXPECT_EQ(session_.calls("Prompt"), 0);
}

} // namespace
} // namespace leasehold::cache
