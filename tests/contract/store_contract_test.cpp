// What every store promises (cache/store/store.hpp), asked of each of them in the same words.
#include "src/base/digest.hpp"
#include "tests/contract/store_fixtures.hpp"
#include "tests/support/left_out.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include <sys/wait.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

using test::StoreKind;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr Seconds hour{3600};

class StoreContract : public testing::TestWithParam<StoreKind> {
protected:
    void SetUp() override {
        const std::string reason = GetParam().left_out ? GetParam().left_out() : "";
        if (!reason.empty())
            LEASEHOLD_LEFT_OUT(reason);
        place_ = GetParam().make();
        store_ = place_->open();
    }

    static CacheKey key(const std::string& name) { return CacheKey::of({{"name", name}}); }

    void put(const CacheKey& key, std::string_view bytes, Seconds life = hour) {
        const auto kept = store_->put(key, Secret(bytes), life);
        ASSERT_TRUE(kept) << store_->name() << ": " << kept.error().message;
    }
    void erase(const CacheKey& key) {
        const auto erased = store_->erase(key);
        ASSERT_TRUE(erased) << store_->name() << ": " << erased.error().message;
    }
    // "(none)" if there is none, "(fault) ..." if it failed.
    static std::string text(TokenStore& store, const CacheKey& key) {
        const auto found = store.get(key);
        if (!found)
            return "(fault) " + found.error().message;
        return *found ? std::string((**found).reveal()) : "(none)";
    }
    std::string text(const CacheKey& key) { return text(*store_, key); }
    std::vector<std::string> texts() {
        const auto all = store_->list();
        EXPECT_TRUE(all) << all.error().message;
        std::vector<std::string> out;
        if (all)
            for (const Secret& secret : *all)
                out.emplace_back(secret.reveal());
        return out;
    }
    std::size_t clear() {
        const auto cleared = store_->clear();
        EXPECT_TRUE(cleared) << cleared.error().message;
        return cleared ? *cleared : 0;
    }
    StoreFault fault_of_put(std::string_view bytes, Seconds life = hour) {
        const auto kept = store_->put(key("a"), Secret(bytes), life);
        EXPECT_FALSE(kept) << store_->name() << " took what it must not";
        return kept ? StoreFault::failed : kept.error().fault;
    }

    std::unique_ptr<test::StorePlace> place_;
    std::unique_ptr<TokenStore> store_;
};

TEST_P(StoreContract, HasAName) {
    EXPECT_FALSE(store_->name().empty());
}

TEST_P(StoreContract, AMissingEntryIsAValue) {
    EXPECT_EQ(text(key("a")), "(none)");
}

TEST_P(StoreContract, GivesBackWhatWasPut) {
    put(key("a"), "token-a");
    EXPECT_EQ(text(key("a")), "token-a");
}

TEST_P(StoreContract, GivesItBackAgainAndAgain) {
    put(key("a"), "token-a");
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(text(key("a")), "token-a");
}

TEST_P(StoreContract, KeepsKeysApart) {
    put(key("a"), "token-a");
    put(key("b"), "token-b");
    EXPECT_EQ(text(key("a")), "token-a");
    EXPECT_EQ(text(key("b")), "token-b");
    EXPECT_EQ(text(key("c")), "(none)");
}

TEST_P(StoreContract, KeepsKeysApartThatLookAlike) {
    put(CacheKey::of({{"x", "a,b"}}), "one");
    put(CacheKey::of({{"x", "a"}, {"", "b"}}), "two");
    put(CacheKey::of({{"x", "a"}, {"b", ""}}), "three");
    EXPECT_EQ(text(CacheKey::of({{"x", "a,b"}})), "one");
    EXPECT_EQ(text(CacheKey::of({{"x", "a"}, {"", "b"}})), "two");
    EXPECT_EQ(text(CacheKey::of({{"x", "a"}, {"b", ""}})), "three");
}

TEST_P(StoreContract, ReplacesAnEntry) {
    put(key("a"), "old");
    put(key("a"), "new");
    EXPECT_EQ(text(key("a")), "new");
    EXPECT_THAT(texts(), ElementsAre("new"));
}

TEST_P(StoreContract, ReplacesByAShorterAndALongerEntry) {
    put(key("a"), std::string(2000, 'x'));
    put(key("a"), "short");
    EXPECT_EQ(text(key("a")), "short");
    put(key("a"), std::string(4000, 'y'));
    EXPECT_EQ(text(key("a")), std::string(4000, 'y'));
}

TEST_P(StoreContract, ReplacesOnlyItsOwnKey) {
    put(key("a"), "token-a");
    put(key("b"), "token-b");
    put(key("a"), "token-a2");
    EXPECT_EQ(text(key("b")), "token-b");
}

TEST_P(StoreContract, ReplacesManyTimes) {
    for (int i = 0; i < 20; ++i)
        put(key("a"), "token-" + std::to_string(i));
    EXPECT_EQ(text(key("a")), "token-19");
    EXPECT_THAT(texts(), ElementsAre("token-19"));
}

TEST_P(StoreContract, TakesTheSameBytesTwice) {
    put(key("a"), "same");
    put(key("a"), "same");
    EXPECT_EQ(text(key("a")), "same");
}

TEST_P(StoreContract, TakesOneByte) {
    put(key("a"), "x");
    EXPECT_EQ(text(key("a")), "x");
}

TEST_P(StoreContract, KeepsLineFeedsAndSpaces) {
    const std::string bytes = " first \n\nsecond\n \n";
    put(key("a"), bytes);
    EXPECT_EQ(text(key("a")), bytes);
}

TEST_P(StoreContract, KeepsEveryPrintableCharacter) {
    std::string bytes;
    for (char c = 0x20; c < 0x7f; ++c)
        bytes.push_back(c);
    put(key("a"), bytes);
    EXPECT_EQ(text(key("a")), bytes);
}

TEST_P(StoreContract, KeepsTextThatLooksLikeItsOwnWrapping) {
    const std::string bytes = "leasehold-entry 1\nkey " + key("a").digest_hex() + "\nend 0\nx";
    put(key("a"), bytes);
    EXPECT_EQ(text(key("a")), bytes);
}

TEST_P(StoreContract, TakesALargeToken) {
    const std::string bytes(8 * 1024, 'x');
    put(key("a"), bytes);
    EXPECT_EQ(text(key("a")), bytes);
}

TEST_P(StoreContract, TakesTheLargestEntryItPromises) {
    const std::string bytes(GetParam().largest, 'x');
    put(key("a"), bytes);
    EXPECT_EQ(text(key("a")).size(), bytes.size());
}

TEST_P(StoreContract, HasNoRoomForWhatIsTooLarge) {
    EXPECT_EQ(fault_of_put(std::string(entry_limit + 1, 'x')), StoreFault::full);
    EXPECT_EQ(text(key("a")), "(none)");
}

TEST_P(StoreContract, RefusesToKeepNothing) {
    EXPECT_EQ(fault_of_put(""), StoreFault::refused);
}

TEST_P(StoreContract, RefusesBytesThatAreNotPlainText) {
    for (const std::string_view bytes :
         {std::string_view("a\0b", 3), std::string_view("\x80"), std::string_view("\x1b[31m"),
          std::string_view("\xc3\xa4"), std::string_view("tab\t"), std::string_view("cr\r\n")})
        EXPECT_EQ(fault_of_put(bytes), StoreFault::refused);
}

TEST_P(StoreContract, RefusesALifeThatIsOver) {
    EXPECT_EQ(fault_of_put("token", Seconds(-1)), StoreFault::refused);
}

TEST_P(StoreContract, ARefusedPutLeavesTheOldEntry) {
    put(key("a"), "old");
    EXPECT_EQ(fault_of_put("\x80"), StoreFault::refused);
    EXPECT_EQ(text(key("a")), "old");
}

TEST_P(StoreContract, ForgetsAtTheEnd) {
    put(key("a"), "short-lived", Seconds(1));
    put(key("b"), "long-lived");
    // The wall clock of some stores counts whole seconds.
    std::this_thread::sleep_for(Milliseconds(2100));
    EXPECT_EQ(text(key("a")), "(none)");
    EXPECT_EQ(text(key("b")), "long-lived");
    EXPECT_THAT(texts(), ElementsAre("long-lived"));
}

TEST_P(StoreContract, AReplacementHasItsOwnEnd) {
    put(key("a"), "short-lived", Seconds(1));
    put(key("a"), "long-lived", hour);
    std::this_thread::sleep_for(Milliseconds(2100));
    EXPECT_EQ(text(key("a")), "long-lived");
}

TEST_P(StoreContract, AReplacementCanEndEarlier) {
    put(key("a"), "long-lived", hour);
    put(key("a"), "short-lived", Seconds(1));
    std::this_thread::sleep_for(Milliseconds(2100));
    EXPECT_EQ(text(key("a")), "(none)") << "the older entry came back";
}

TEST_P(StoreContract, AnEndedEntryCanBePutAgain) {
    put(key("a"), "first", Seconds(1));
    std::this_thread::sleep_for(Milliseconds(2100));
    put(key("a"), "second");
    EXPECT_EQ(text(key("a")), "second");
}

TEST_P(StoreContract, ZeroMeansNoEnd) {
    put(key("a"), "for ever", Seconds(0));
    std::this_thread::sleep_for(Milliseconds(1100));
    EXPECT_EQ(text(key("a")), "for ever");
}

TEST_P(StoreContract, TakesAVeryLongLife) {
    put(key("a"), "token", std::chrono::hours(24 * 365 * 50));
    EXPECT_EQ(text(key("a")), "token");
}

TEST_P(StoreContract, Erases) {
    put(key("a"), "token-a");
    erase(key("a"));
    EXPECT_EQ(text(key("a")), "(none)");
    EXPECT_THAT(texts(), IsEmpty());
}

TEST_P(StoreContract, ErasesOnlyThatKey) {
    put(key("a"), "token-a");
    put(key("b"), "token-b");
    erase(key("a"));
    EXPECT_EQ(text(key("b")), "token-b");
}

TEST_P(StoreContract, ErasingWhatIsMissingIsFine) {
    erase(key("a"));
    put(key("a"), "token-a");
    erase(key("a"));
    erase(key("a"));
}

TEST_P(StoreContract, AnErasedEntryCanBePutAgain) {
    put(key("a"), "first");
    erase(key("a"));
    put(key("a"), "second");
    EXPECT_EQ(text(key("a")), "second");
}

TEST_P(StoreContract, ListsNothingAtFirst) {
    EXPECT_THAT(texts(), IsEmpty());
}

TEST_P(StoreContract, ListsEveryEntryOnce) {
    put(key("a"), "token-a");
    put(key("b"), "token-b");
    put(key("c"), "token-c");
    EXPECT_THAT(texts(), UnorderedElementsAre("token-a", "token-b", "token-c"));
}

TEST_P(StoreContract, ListsEqualEntriesOfDifferentKeys) {
    put(key("a"), "same");
    put(key("b"), "same");
    EXPECT_THAT(texts(), ElementsAre("same", "same"));
}

TEST_P(StoreContract, ClearsAndCounts) {
    put(key("a"), "token-a");
    put(key("b"), "token-b");
    EXPECT_EQ(clear(), 2U);
    EXPECT_EQ(text(key("a")), "(none)");
    EXPECT_THAT(texts(), IsEmpty());
}

TEST_P(StoreContract, ClearingNothingIsFine) {
    EXPECT_EQ(clear(), 0U);
    EXPECT_EQ(clear(), 0U);
}

TEST_P(StoreContract, GoesOnAfterClear) {
    put(key("a"), "token-a");
    EXPECT_EQ(clear(), 1U);
    put(key("a"), "again");
    EXPECT_EQ(text(key("a")), "again");
}

TEST_P(StoreContract, TakesADozenTokens) {
    for (int i = 0; i < 12; ++i)
        put(key(std::to_string(i)), std::string(1000, static_cast<char>('a' + i)));
    for (int i = 0; i < 12; ++i)
        EXPECT_EQ(text(key(std::to_string(i))), std::string(1000, static_cast<char>('a' + i)));
}

TEST_P(StoreContract, AnotherObjectSeesTheEntry) {
    if (!GetParam().shared)
        return; // its entries are its own: nothing to see
    put(key("a"), "token-a");
    const auto other = place_->open();
    EXPECT_EQ(text(*other, key("a")), "token-a");
    ASSERT_TRUE(other->erase(key("a")));
    EXPECT_EQ(text(key("a")), "(none)");
}

TEST_P(StoreContract, AnEntryOutlivesTheObject) {
    if (!GetParam().shared)
        return;
    put(key("a"), "token-a");
    store_.reset();
    store_ = place_->open();
    EXPECT_EQ(text(key("a")), "token-a");
}

TEST_P(StoreContract, AnotherProcessSeesTheEntryAndItsEraseIsSeen) {
    if (!GetParam().shared)
        return;
    put(key("a"), "token-a");
    const pid_t child = ::fork();
    if (child == 0) {
        const auto other = place_->open();
        const bool seen = text(*other, key("a")) == "token-a";
        const bool done = seen && other->erase(key("a")) && other->put(key("b"), Secret("b"), hour);
        ::_exit(done ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0) << "the other process did not see the entry";
    EXPECT_EQ(text(key("a")), "(none)");
    EXPECT_EQ(text(key("b")), "b");
}

TEST_P(StoreContract, ReadersSeeTheOldOrTheNewEntryAndNothingElse) {
    if (!GetParam().shared)
        return;
    put(key("a"), std::string(500, '0'));
    const pid_t writer = ::fork();
    if (writer == 0) {
        const auto other = place_->open();
        bool good = true;
        for (int i = 0; i < 20; ++i)
            good = good &&
                   other->put(key("a"), Secret(std::string(500, static_cast<char>('a' + i))), hour);
        ::_exit(good ? 0 : 1);
    }
    int status = -1;
    while (::waitpid(writer, &status, WNOHANG) == 0) {
        const std::string seen = text(key("a"));
        ASSERT_EQ(seen.size(), 500U) << seen;
        ASSERT_EQ(seen.find_first_not_of(seen[0]), std::string::npos) << seen;
    }
    EXPECT_EQ(status, 0) << "a put failed beside readers";
    EXPECT_EQ(text(key("a")), std::string(500, 't'));
}

TEST_P(StoreContract, ParallelWritersLeaveOneOfTheirEntries) {
    if (!GetParam().shared)
        return;
    std::vector<pid_t> writers;
    for (int i = 0; i < 8; ++i) {
        writers.push_back(::fork());
        if (writers.back() == 0) {
            const std::string bytes(300, static_cast<char>('a' + i));
            ::_exit(place_->open()->put(key("a"), Secret(bytes), hour) ? 0 : 1);
        }
    }
    for (const pid_t writer : writers) {
        int status = -1;
        ASSERT_EQ(::waitpid(writer, &status, 0), writer);
        EXPECT_EQ(status, 0) << "a put failed beside other puts";
    }
    const std::string left = text(key("a"));
    EXPECT_EQ(left.size(), 300U) << left;
    EXPECT_EQ(left.find_first_not_of(left[0]), std::string::npos) << left;
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, testing::ValuesIn(test::all_store_kinds()),
                         [](const auto& kind) { return kind.param.name; });

} // namespace
} // namespace leasehold::cache

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (!testing::GTEST_FLAG(list_tests) && !leasehold::test::enter_own_keyring()) {
        std::fprintf(stderr, "neither a user namespace nor another uid is to be had: refusing to "
                             "test on the keyring of whoever runs this\n");
        return 1;
    }
    return RUN_ALL_TESTS();
}
