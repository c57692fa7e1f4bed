#include "cache/token_cache.hpp"
#include "tests/unit/cache/recording_store.hpp"

#include <gtest/gtest.h>

namespace leasehold::cache {
namespace {

class TokenCacheTest : public testing::Test {
protected:
    TokenCacheTest() {
        auto quick = std::make_unique<RecordingStore>("quick");
        auto slow = std::make_unique<RecordingStore>("slow");
        quick_ = quick.get();
        slow_ = slow.get();
        std::vector<std::unique_ptr<TokenStore>> stores;
        stores.push_back(std::move(quick));
        stores.push_back(std::move(slow));
        cache_ = std::make_unique<TokenCache>(std::move(stores), clock_);
    }

    Record record(const std::string& token, const CacheKey& key,
                  Seconds life = Seconds(3600)) const {
        return {key.material(), Secret(token), "{}",
                plan_lifetime(life, clock_.now(), clock_.boot_id(), Seconds(0)),
                machine_identity()};
    }
    static void put(RecordingStore& store, const CacheKey& key, const Record& record) {
        ASSERT_TRUE(store.put(key, encode_record(record), Seconds(0)));
        store.puts = 0;
    }
    void pass(std::int64_t seconds) {
        clock_.instant.wall += seconds;
        clock_.instant.boot += seconds;
    }
    std::string found() {
        const auto hit = cache_->find(key_);
        return hit ? std::string(hit->record.token.reveal()) + " of " + hit->store : "(none)";
    }

    const CacheKey key_ = CacheKey::of({{"name", "a"}});
    ManualClock clock_;
    RecordingStore* quick_ = nullptr;
    RecordingStore* slow_ = nullptr;
    std::unique_ptr<TokenCache> cache_;
};

TEST_F(TokenCacheTest, MissesWhenNobodyHasIt) {
    EXPECT_EQ(found(), "(none)");
    EXPECT_EQ(quick_->gets, 1);
    EXPECT_EQ(slow_->gets, 1);
    EXPECT_TRUE(cache_->notices().empty());
}

TEST_F(TokenCacheTest, SavesIntoEveryStoreUntilTheEnd) {
    pass(-100);
    const Record saved = record("token", key_);
    pass(100); // the lease took that long
    cache_->save(key_, saved);
    EXPECT_EQ(quick_->last_life, Seconds(3500));
    EXPECT_EQ(slow_->last_life, Seconds(3500));
    EXPECT_EQ(found(), "token of quick");
    EXPECT_EQ(slow_->gets, 0) << "a hit in the first store asks no other";
}

// A stopgap in place of a store that works would only be a second copy of the token.
TEST_F(TokenCacheTest, AStopgapIsGivenWhatNoStoreBeforeItTakes) {
    slow_->stopgap = true;
    cache_->save(key_, record("token", key_));
    EXPECT_EQ(slow_->puts, 0);
    EXPECT_TRUE(cache_->kept());
    quick_->put_fault = StoreFault::full;
    cache_->save(key_, record("newer", key_));
    EXPECT_EQ(slow_->puts, 1);
    EXPECT_TRUE(cache_->kept());
    slow_->put_fault = StoreFault::full;
    cache_->save(key_, record("newest", key_));
    EXPECT_FALSE(cache_->kept()) << "nobody has it";
}

TEST_F(TokenCacheTest, AStopgapKeepsNothingOlderThanTheStoreThatWorksAgain) {
    slow_->stopgap = true;
    quick_->put_fault = StoreFault::full;
    cache_->save(key_, record("old", key_));
    quick_->put_fault.reset();
    cache_->save(key_, record("new", key_));
    EXPECT_FALSE(*slow_->get(key_));
}

TEST_F(TokenCacheTest, AHitOfAStopgapMovesToTheStoreThatWorksAgain) {
    slow_->stopgap = true;
    put(*slow_, key_, record("token", key_));
    cache_->promote(key_, *cache_->find(key_));
    EXPECT_EQ(found(), "token of quick");
    EXPECT_FALSE(*slow_->get(key_));
}

TEST_F(TokenCacheTest, AHitOfAStopgapStaysWhereNoOtherStoreTakesIt) {
    slow_->stopgap = true;
    quick_->put_fault = StoreFault::full;
    put(*slow_, key_, record("token", key_));
    cache_->promote(key_, *cache_->find(key_));
    EXPECT_EQ(found(), "token of slow");
}

TEST_F(TokenCacheTest, SavesNothingThatHasEnded) {
    const Record old = record("token", key_);
    pass(3600);
    cache_->save(key_, old);
    EXPECT_EQ(quick_->puts, 0);
}

TEST_F(TokenCacheTest, CACHE_9_FindsInALaterStoreAndCopiesOnlyWhenTold) {
    put(*slow_, key_, record("token", key_));
    const auto hit = cache_->find(key_);
    ASSERT_TRUE(hit);
    EXPECT_EQ(hit->store, "slow");
    EXPECT_EQ(quick_->puts, 0);
    pass(600);
    cache_->promote(key_, *cache_->find(key_));
    EXPECT_EQ(quick_->puts, 1);
    EXPECT_EQ(quick_->last_life, Seconds(3000));
    EXPECT_EQ(slow_->puts, 0) << "it was there already";
    EXPECT_TRUE(*slow_->get(key_)) << "and stays, since it is no stopgap";
    EXPECT_EQ(found(), "token of quick");
}

TEST_F(TokenCacheTest, PromotesNothingThatHasEnded) {
    put(*slow_, key_, record("token", key_));
    Hit hit = *cache_->find(key_);
    hit.judgement.left = Seconds(0);
    cache_->promote(key_, hit);
    EXPECT_EQ(quick_->puts, 0);
}

TEST_F(TokenCacheTest, PromotesNothingFromTheFirstStore) {
    put(*quick_, key_, record("token", key_));
    cache_->promote(key_, *cache_->find(key_));
    EXPECT_EQ(quick_->puts, 0);
    EXPECT_EQ(slow_->puts, 0);
}

TEST_F(TokenCacheTest, JudgesByTheClock) {
    put(*quick_, key_, record("token", key_));
    EXPECT_EQ(cache_->find(key_)->judgement.freshness, Freshness::fresh);
    pass(2900);
    EXPECT_EQ(cache_->find(key_)->judgement.freshness, Freshness::due);
    pass(400);
    EXPECT_FALSE(cache_->find(key_)) << "spent";
    ASSERT_TRUE(cache_->last_resort(key_)) << "still valid";
    EXPECT_GT(cache_->last_resort(key_)->judgement.reported_expiry, clock_.now().wall);
    pass(300);
    EXPECT_FALSE(cache_->last_resort(key_)) << "over";
}

TEST_F(TokenCacheTest, PassesOverASpentRecordToAFreshOne) {
    put(*quick_, key_, record("old", key_));
    pass(3300);
    put(*slow_, key_, record("new", key_));
    EXPECT_EQ(found(), "new of slow");
}

TEST_F(TokenCacheTest, CACHE_3_TheLastResortIsTheOneThatLastsLongest) {
    put(*quick_, key_, record("old", key_));
    pass(100);
    put(*slow_, key_, record("newer", key_));
    pass(3300);
    EXPECT_EQ(found(), "(none)");
    EXPECT_EQ(cache_->last_resort(key_)->record.token.reveal(), "newer");
}

TEST_F(TokenCacheTest, OfTwoLastResortsThatEndTogetherTheFirstStoresIsTaken) {
    put(*quick_, key_, record("token", key_));
    put(*slow_, key_, record("token", key_));
    pass(3300);
    EXPECT_EQ(cache_->last_resort(key_)->store, "quick");
}

// KEY-2
TEST_F(TokenCacheTest, ServesNoRecordOfAnotherKey) {
    const auto other = CacheKey::of({{"name", "b"}});
    put(*quick_, key_, record("for b", other));
    EXPECT_EQ(found(), "(none)");
    EXPECT_FALSE(cache_->last_resort(key_));
}

// KEY-3
TEST_F(TokenCacheTest, ServesNoRecordOfAnotherMachineOrUser) {
    Record foreign = record("token", key_);
    foreign.machine = "0-0000000000000000";
    put(*quick_, key_, foreign);
    EXPECT_EQ(found(), "(none)");
}

TEST_F(TokenCacheTest, CACHE_1_ServesNothingDamaged) {
    ASSERT_TRUE(quick_->put(key_, Secret("not a record"), Seconds(0)));
    put(*slow_, key_, record("token", key_));
    EXPECT_EQ(found(), "token of slow");
    EXPECT_TRUE(cache_->notices().empty()) << "a damaged entry is a miss, not trouble";
}

TEST_F(TokenCacheTest, AFailedStoreIsNotedOnceAndLeftAlone) {
    quick_->fault = StoreFault::timed_out;
    put(*slow_, key_, record("token", key_));
    EXPECT_EQ(found(), "token of slow");
    EXPECT_EQ(found(), "token of slow");
    cache_->save(key_, record("new", key_));
    cache_->forget(key_);
    EXPECT_EQ(quick_->gets, 1) << "it was asked again after it hung";
    EXPECT_EQ(quick_->puts, 0);
    EXPECT_EQ(quick_->erases, 0);
    ASSERT_EQ(cache_->notices().size(), 1U);
    EXPECT_EQ(cache_->notices()[0].store, "quick");
    EXPECT_EQ(cache_->notices()[0].error.fault, StoreFault::timed_out);
}

TEST_F(TokenCacheTest, AStopgapStandsInForAStoreThatHasFailed) {
    slow_->stopgap = true;
    quick_->fault = StoreFault::timed_out;
    EXPECT_EQ(found(), "(none)");
    cache_->save(key_, record("token", key_));
    EXPECT_EQ(found(), "token of slow");
    slow_->put_fault = StoreFault::timed_out;
    cache_->save(key_, record("newer", key_));
    cache_->save(key_, record("newest", key_));
    EXPECT_FALSE(cache_->kept()) << "nobody has it";
}

TEST_F(TokenCacheTest, AFullStoreCanStillBeRead) {
    put(*quick_, key_, record("old", key_));
    quick_->put_fault = StoreFault::full;
    cache_->save(key_, record("new", key_));
    ASSERT_EQ(cache_->notices().size(), 1U);
    EXPECT_EQ(cache_->notices()[0].error.fault, StoreFault::full);
    EXPECT_EQ(found(), "old of quick");
}

TEST_F(TokenCacheTest, WithEveryStoreBrokenItIsAMiss) {
    quick_->fault = StoreFault::locked;
    slow_->fault = StoreFault::unavailable;
    EXPECT_EQ(found(), "(none)");
    cache_->save(key_, record("token", key_));
    EXPECT_FALSE(cache_->last_resort(key_));
    cache_->forget(key_);
    EXPECT_EQ(cache_->clear(), 0U);
    EXPECT_TRUE(cache_->list().empty());
    EXPECT_EQ(cache_->notices().size(), 2U);
}

TEST_F(TokenCacheTest, WithoutStoresItIsAMiss) {
    TokenCache none({}, clock_);
    EXPECT_FALSE(none.find(key_));
    none.save(key_, record("token", key_));
    EXPECT_TRUE(none.notices().empty());
}

TEST_F(TokenCacheTest, ForgetsEverywhere) {
    cache_->save(key_, record("token", key_));
    cache_->forget(key_);
    EXPECT_EQ(found(), "(none)");
    EXPECT_EQ(slow_->erases, 1);
}

TEST_F(TokenCacheTest, ListsAndClearsWhatTheStoresHold) {
    const auto other = CacheKey::of({{"name", "b"}});
    cache_->save(key_, record("a", key_));
    put(*slow_, other, record("b", other));
    ASSERT_TRUE(slow_->put(CacheKey::of({{"name", "c"}}), Secret("no record"), Seconds(0)));
    EXPECT_EQ(cache_->list().size(), 3U) << "a twice, b once";
    EXPECT_EQ(cache_->clear(), 4U);
    EXPECT_TRUE(cache_->list().empty());
}

} // namespace
} // namespace leasehold::cache
