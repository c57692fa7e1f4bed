// Every method of a Secret Service going wrong in every way, and the known quirks of real ones
// (SS-7 and SS-10). Nothing may hang, fall or say a secret aloud.
#include "cache/secret_service/store.hpp"
#include "cache/secret_service/unlocking.hpp"
#include "tests/contract/private_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

namespace leasehold::cache {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Seconds hour{3600};
// For what is to be answered: nine at once on a small machine that has others' work to do, too.
constexpr Milliseconds patient{20'000};
// For what never is: the usual limit of 2 s and what such a machine takes besides; less than
// libdbus's own 25 s.
constexpr Milliseconds longest{20'000};

const CacheKey key = CacheKey::of({{"name", "a"}});

SecretServiceSettings settings_for(const test::PrivateSession& session,
                                   Milliseconds limit = patient) {
    return {.child = test::secret_service_child(),
            .environment = session.environment(),
            .limit = limit,
            .marker_directory = session.directory() + "/run",
            .ignore_marker = true};
}

// One method with one fault.
class Cell {
public:
    Cell(std::string method, std::string fault)
        : method_(std::move(method)), fault_(std::move(fault)) {}

    void run() {
        session_.start_bus();
        std::vector<std::string> script{method_ + '=' + fault_};
        if (prompts())
            script.emplace_back("prompt=accept");
        session_.start_scripted_service(script);
        store_ = make_secret_service_store(settings_for(session_));
        check("first put", true, [this] { return store_->put(key, Secret("canary"), hour); });
        session_.arm_service();
        const std::string asked = method_ == "Get" ? "GetAll" : method_;
        const int before = session_.calls(asked);
        // Where the machine is so busy that the usual time does not suffice to come to the method,
        // nothing was shown: again, with more of it.
        for (Milliseconds limit = SecretServiceSettings{}.limit;
             session_.calls(asked) == before && limit < longest / 2; limit *= 2)
            meet_the_fault(limit);
        EXPECT_GT(session_.calls(asked), before) << name() << ": the method was never called";
    }

private:
    [[nodiscard]] std::string name() const { return method_ + " x " + fault_; }
    [[nodiscard]] bool prompts() const { return method_ == "Unlock" || method_ == "Prompt"; }

    void meet_the_fault(Milliseconds limit) {
        const SecretServiceSettings usual = settings_for(session_, limit);
        store_ = make_secret_service_store(usual);
        if (prompts()) {
            check("unlock", std::nullopt, [&usual] {
                return unlock_with_prompt({.service = usual, .prompt_limit = usual.limit / 4});
            });
        } else {
            check("get", std::nullopt, [this] { return store_->get(key); });
            check("put", std::nullopt, [this] { return store_->put(key, Secret("canary"), hour); });
            check("erase", std::nullopt, [this] { return store_->erase(key); });
        }
    }

    template <class Ask>
    void check(const std::string& what, std::optional<bool> succeeds, Ask ask) {
        const auto begin = std::chrono::steady_clock::now();
        const auto outcome = ask();
        EXPECT_LT(std::chrono::steady_clock::now() - begin, longest)
            << name() << ", " << what << ": it hung";
        if (outcome)
            return;
        EXPECT_NE(succeeds, true) << name() << ", " << what << ": " << outcome.error().message;
        EXPECT_THAT(outcome.error().message, Not(HasSubstr("canary"))) << name() << ", " << what;
        EXPECT_LT(outcome.error().message.size(), 1000U) << name() << ", " << what;
    }

    std::string method_;
    std::string fault_;
    test::PrivateSession session_;
    std::unique_ptr<TokenStore> store_;
};

class FaultTest : public testing::TestWithParam<const char*> {};

TEST_P(FaultTest, SS_10_InNoMethodDoesItHarm) {
    std::vector<std::thread> cells;
    for (const char* method : {"OpenSession", "SearchItems", "GetSecret", "CreateItem", "Unlock",
                               "ReadAlias", "Get", "Delete", "Prompt"})
        cells.emplace_back([method] { Cell(method, GetParam()).run(); });
    for (std::thread& cell : cells)
        cell.join();
}

INSTANTIATE_TEST_SUITE_P(Script, FaultTest,
                         testing::Values("silent", "error", "locked", "nosuch", "type", "empty",
                                         "huge", "disconnect", "path"),
                         [](const auto& fault) { return std::string(fault.param); });

class QuirkTest : public testing::Test {
protected:
    void start(const std::vector<std::string>& script) {
        session_.start_bus();
        session_.start_scripted_service(script);
        put();
        session_.arm_service();
    }
    void put() {
        const auto kept = open()->put(key, Secret("canary"), hour);
        ASSERT_TRUE(kept) << kept.error().message;
    }
    std::unique_ptr<TokenStore> open() { return make_secret_service_store(settings_for(session_)); }
    std::string text() {
        const auto found = open()->get(key);
        if (!found)
            return "(fault) " + found.error().message;
        return *found ? std::string((**found).reveal()) : "(none)";
    }

    test::PrivateSession session_;
};

TEST_F(QuirkTest, SS_7_AttributesOfItsOwnDoNotHideAnEntry) {
    start({"quirk=attributes"});
    EXPECT_EQ(text(), "canary");
}

TEST_F(QuirkTest, SS_7_AWrongSessionKeyIsTriedOnceMore) {
    start({"quirk=wrong-key-once"});
    const int before = session_.calls("OpenSession");
    EXPECT_EQ(text(), "canary");
    EXPECT_EQ(session_.calls("OpenSession") - before, 2);
}

TEST_F(QuirkTest, SS_7_AWrongSessionKeyEachTimeIsAMiss) {
    start({"quirk=wrong-key"});
    const int before = session_.calls("OpenSession");
    EXPECT_EQ(text(), "(none)");
    EXPECT_EQ(session_.calls("OpenSession") - before, 2) << "tried more than once more";
    EXPECT_FALSE(open()->put(key, Secret("canary"), hour))
        << "what cannot be read back was not kept";
}

TEST_F(QuirkTest, SS_7_LockedEntriesThatAreHiddenAreNotAbsent) {
    start({"prompt=never", "quirk=hidden"});
    const auto found = open()->get(key);
    ASSERT_FALSE(found) << "a locked database counts as empty";
    EXPECT_EQ(found.error().fault, StoreFault::locked) << found.error().message;
}

TEST_F(QuirkTest, SS_7_ALockedDatabaseThatSaysSoOnlyWhenWrittenTo) {
    start({"CreateItem=locked"});
    const auto kept = open()->put(key, Secret("canary"), hour);
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().fault, StoreFault::locked) << kept.error().message;
}

TEST_F(QuirkTest, SS_7_ARestartedKeyringIsLockedAndNotEmpty) {
    session_.start_bus();
    session_.start_keyring();
    put();
    session_.kill_service();
    session_.start_keyring_without_password();
    const auto found = open()->get(key);
    ASSERT_FALSE(found) << "what a locked keyring holds cannot be known";
    EXPECT_EQ(found.error().fault, StoreFault::locked) << found.error().message;
}

TEST_F(QuirkTest, LOCK_7_AHundredParallelPutsMakeOneItem) {
    session_.start_bus();
    session_.start_keyring();
    SecretServiceSettings crowded = settings_for(session_);
    crowded.limit = Seconds(50); // a hundred processes on a small machine
    std::atomic<int> kept{0};
    std::vector<std::thread> writers;
    for (int i = 0; i < 100; ++i)
        writers.emplace_back([&, i] {
            const std::string token = "token " + std::to_string(i);
            kept +=
                make_secret_service_store(crowded)->put(key, Secret(std::string_view(token)), hour)
                    ? 1
                    : 0;
        });
    for (std::thread& writer : writers)
        writer.join();
    EXPECT_EQ(kept, 100);
    const auto all = open()->list();
    ASSERT_TRUE(all) << all.error().message;
    EXPECT_EQ(all->size(), 1U) << "CreateItem did not replace: see Vault::put";
}

} // namespace
} // namespace leasehold::cache
