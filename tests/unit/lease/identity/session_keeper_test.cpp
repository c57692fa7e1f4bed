#include "src/lease/identity/session_keeper.hpp"
#include "tests/unit/lease/identity/memory_sessions.hpp"

#include <gtest/gtest.h>

namespace leasehold::lease::identity {
namespace {

Session session(std::string_view token, UnixTime issued, Seconds life) {
    return {Secret(token), issued, issued, life, Seconds(100000)};
}

class ScriptedMaker final : public SessionMaker {
public:
    bool logs_in() const override { return really; }
    Result<std::string> gather(Deadline) override { return proof; }
    LoginOutcome log_in(Deadline) override {
        ++logins;
        if (failure)
            return {*failure, refused};
        return {session("login-" + std::to_string(logins), 1000, Seconds(100)), false};
    }
    Result<Session> renew(const Session&, Seconds, Deadline) override {
        ++renewals;
        if (failure)
            return *failure;
        return session("renewed", 1000, Seconds(100));
    }

    bool should_renew(const Session& kept, Seconds needed, UnixTime now) const override {
        return stretches ? *time_left(kept, now) < needed
                         : SessionMaker::should_renew(kept, needed, now);
    }
    bool can_replace() const override { return alone; }

    bool really = true;
    bool alone = true;      // no person is needed
    bool stretches = false; // what is too short is renewed
    bool refused = false;
    std::string proof = "proof";
    std::optional<Error> failure;
    int logins = 0;
    int renewals = 0;
};

class SessionKeeperTest : public testing::Test {
protected:
    void SetUp() override { clock_.instant.wall = 1000; }

    std::string open(Seconds needed = Seconds(0)) {
        SessionKeeper keeper(maker_, &store_, clock_, [](std::string_view) {});
        const auto opened = keeper.open(Deadline::after(Seconds(5)), needed);
        return opened ? std::string((*opened)->token.reveal()) : opened.error().message;
    }

    ScriptedMaker maker_;
    MemorySessions store_;
    ManualClock clock_;
};

TEST_F(SessionKeeperTest, OneLoginServesTheNextProcess) {
    EXPECT_EQ(open(), "login-1");
    EXPECT_EQ(open(), "login-1");
    EXPECT_EQ(maker_.logins, 1);
}

TEST_F(SessionKeeperTest, WhatAnotherKeptWhileThisOneWaitedIsUsed) {
    store_.while_waiting = session("others", 1000, Seconds(100));
    EXPECT_EQ(open(), "others");
    EXPECT_EQ(maker_.logins, 0);
}

TEST_F(SessionKeeperTest, OneThatEndsSoonIsRenewedOrReplaced) {
    store_.kept = session("old", 825, Seconds(210));
    EXPECT_EQ(open(), "renewed");
    store_.kept = session("old", 825, Seconds(210));
    maker_.failure = make_error(ErrorCode::denied, "no renewal");
    EXPECT_EQ(open(), "no renewal");
    EXPECT_EQ(maker_.logins, 1);
    EXPECT_FALSE(store_.kept) << "what could not be renewed may have ended";
}

TEST_F(SessionKeeperTest, ARefusedProofIsNotTriedAgainButAnotherIs) {
    maker_.failure = make_error(ErrorCode::denied, "wrong");
    maker_.refused = true;
    EXPECT_EQ(open(), "wrong");
    EXPECT_EQ(open(), "wrong");
    EXPECT_EQ(maker_.logins, 1);
    maker_.proof = "another";
    EXPECT_EQ(open(), "wrong");
    EXPECT_EQ(maker_.logins, 2);
}

TEST_F(SessionKeeperTest, WhereATokenIsGivenNothingIsKept) {
    maker_.really = false;
    EXPECT_EQ(open(), "login-1");
    EXPECT_FALSE(store_.kept);
}

TEST_F(SessionKeeperTest, OneThatIsTooShortForItsUseIsReplaced) {
    store_.kept = session("old", 1000 - 600, Seconds(1000));
    EXPECT_EQ(open(Seconds(300)), "old");
    EXPECT_EQ(open(Seconds(900)), "login-1");
    // As good as new: another would last no longer.
    store_.kept = session("new", 990, Seconds(100));
    store_.kept->max_life = Seconds(100);
    EXPECT_EQ(open(Seconds(900)), "new");
    EXPECT_EQ(maker_.logins, 1);
}

TEST_F(SessionKeeperTest, OrServesWhereNoOtherIsToBeHad) {
    store_.kept = session("old", 1000 - 600, Seconds(1000));
    maker_.failure = make_error(ErrorCode::denied, "used up");
    EXPECT_EQ(open(Seconds(900)), "old");
    EXPECT_EQ(maker_.logins, 1);
    maker_.alone = false;
    EXPECT_EQ(open(Seconds(900)), "old");
    EXPECT_EQ(maker_.logins, 1) << "a person's session was to be replaced by nobody";
}

TEST_F(SessionKeeperTest, ANewOneServesItsProcessHoweverShortItIs) {
    SessionKeeper keeper(maker_, &store_, clock_, [](std::string_view) {});
    for (int call = 0; call < 2; ++call) {
        const auto opened = keeper.open(Deadline::after(Seconds(5)), Seconds(900));
        ASSERT_TRUE(opened);
        EXPECT_EQ((*opened)->token.reveal(), "login-1");
    }
    EXPECT_EQ(maker_.logins, 1);
}

TEST_F(SessionKeeperTest, WhatIsGivenIsKeptAndDroppedWithoutAStoreToo) {
    for (SessionStore* store :
         {static_cast<SessionStore*>(nullptr), static_cast<SessionStore*>(&store_)}) {
        SessionKeeper keeper(maker_, store, clock_, [](std::string_view) {});
        keeper.keep(session("given", 1000, Seconds(100)));
        EXPECT_EQ(store_.kept.has_value(), store != nullptr);
        const auto opened = keeper.open(Deadline::after(Seconds(5)), Seconds(0));
        ASSERT_TRUE(opened);
        EXPECT_EQ((*opened)->token.reveal(), "given");
        keeper.drop();
        EXPECT_FALSE(store_.kept);
    }
    EXPECT_EQ(maker_.logins, 0);
}

TEST_F(SessionKeeperTest, ANewOneIsStretchedOnceAndNotReplaced) {
    maker_.stretches = true;
    EXPECT_EQ(open(Seconds(900)), "renewed");
    EXPECT_EQ(maker_.logins, 1);
    EXPECT_EQ(maker_.renewals, 1);
}

} // namespace
} // namespace leasehold::lease::identity
