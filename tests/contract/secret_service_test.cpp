// The Secret Service store against everything that can be wrong with a session: each trouble under
// its own name, and none of them for longer than the limit (SS-1 to SS-11).
#include "cache/secret_service/store.hpp"
#include "tests/contract/private_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace leasehold::cache {
namespace {

using test::PrivateSession;
using testing::HasSubstr;
using testing::Not;

// For what is to be answered: a small machine may have ten others' work to do, too.
constexpr Milliseconds patient{10'000};
// What may come on top of a limit before it counts as a hang; in all less than libdbus's own 25 s.
constexpr Milliseconds slack{10'000};
constexpr Seconds hour{3600};

class SecretServiceTest : public testing::Test {
protected:
    SecretServiceSettings settings(Environment environment) {
        return {.child = test::secret_service_child(),
                .environment = std::move(environment),
                .limit = limit_,
                .marker_directory = session_.directory() + "/run"};
    }
    std::unique_ptr<TokenStore> open() {
        return make_secret_service_store(settings(session_.environment()));
    }
    std::unique_ptr<TokenStore> open_at(const std::string& address) {
        test::Variables variables = session_.variables();
        variables["DBUS_SESSION_BUS_ADDRESS"] = address;
        return make_secret_service_store(settings(Environment(variables)));
    }

    // From here on stores wait no longer than they do for a user.
    void wait_as_usual() { limit_ = SecretServiceSettings{}.limit; }

    void expect_fault(StoreFault fault, TokenStore& store) const {
        const auto begin = std::chrono::steady_clock::now();
        const auto found = store.get(key_);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, limit_ + slack) << "it hung";
        ASSERT_FALSE(found) << "it answered " << (*found ? "a value" : "absent");
        EXPECT_EQ(found.error().fault, fault) << found.error().message;
        EXPECT_THAT(found.error().message, HasSubstr("secret service"));
    }
    static std::string text(TokenStore& store) {
        const auto found = store.get(key_);
        if (!found)
            return "(fault) " + found.error().message;
        return *found ? std::string((**found).reveal()) : "(none)";
    }
    [[nodiscard]] std::string marker() const {
        return session_.directory() + "/run/secret-service.skip";
    }
    [[nodiscard]] bool marked() const { return ::access(marker().c_str(), F_OK) == 0; }
    void unmark() const { (void)::unlink(marker().c_str()); }

    inline static const CacheKey key_ = CacheKey::of({{"name", "a"}});
    PrivateSession session_;
    Milliseconds limit_ = patient;
};

// A socket that takes connections into its backlog and nothing more.
class DeafSocket {
public:
    DeafSocket(const std::string& path, int backlog)
        : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        std::strcpy(address_.sun_path, path.c_str());
        if (::bind(fd_, name(), sizeof address_) != 0 || ::listen(fd_, backlog) != 0)
            ADD_FAILURE() << "cannot listen on " << path;
    }
    ~DeafSocket() {
        for (const int fd : callers_)
            ::close(fd);
        ::close(fd_);
    }
    void fill() {
        for (int i = 0; i < 10; ++i) {
            callers_.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
            (void)::connect(callers_.back(), name(), sizeof address_);
        }
    }

private:
    [[nodiscard]] const sockaddr* name() const {
        return reinterpret_cast<const sockaddr*>(&address_);
    }

    int fd_;
    sockaddr_un address_{.sun_family = AF_UNIX, .sun_path = {}};
    std::vector<int> callers_;
};

TEST_F(SecretServiceTest, SS_1_NoBusIsUnavailable) {
    expect_fault(StoreFault::unavailable, *open());
    expect_fault(StoreFault::unavailable, *open_at("unix:path=" + session_.directory() + "/none"));
    EXPECT_FALSE(marked());
}

TEST_F(SecretServiceTest, SS_8_OnlyUnixSocketsAreBuses) {
    for (const char* address :
         {"tcp:host=127.0.0.1,port=1", "unixexec:path=/bin/true", "autolaunch:", "launchd:env=X",
          "nonce-tcp:host=x", "unix:", "unix:path=", "unix:path=%zz", "nonsense"})
        expect_fault(StoreFault::refused, *open_at(address));
}

TEST_F(SecretServiceTest, SS_2_ABusThatAcceptsAndNeverTalksTimesOut) {
    const std::string path = session_.directory() + "/deaf";
    const DeafSocket bus(path, 16);
    wait_as_usual();
    expect_fault(StoreFault::timed_out, *open_at("unix:path=" + path));
    EXPECT_TRUE(marked());
}

TEST_F(SecretServiceTest, SS_2_ABusThatDoesNotEvenAcceptTimesOut) {
    const std::string path = session_.directory() + "/deaf";
    DeafSocket bus(path, 0);
    bus.fill();
    wait_as_usual();
    expect_fault(StoreFault::timed_out, *open_at("unix:path=" + path));
    EXPECT_TRUE(marked());
}

TEST_F(SecretServiceTest, SS_3_NoProviderIsUnavailable) {
    session_.start_bus();
    expect_fault(StoreFault::unavailable, *open());
    EXPECT_FALSE(marked());
}

TEST_F(SecretServiceTest, SS_2_AServiceThatNeverAnswersTimesOut) {
    session_.start_bus();
    session_.start_fake_service("silent");
    wait_as_usual();
    expect_fault(StoreFault::timed_out, *open());
    EXPECT_TRUE(marked());
}

TEST_F(SecretServiceTest, SS_2_AStoppedDaemonTimesOut) {
    session_.start_bus();
    session_.start_keyring();
    ASSERT_TRUE(open()->put(key_, Secret("token"), hour));
    session_.stop_service();
    wait_as_usual();
    expect_fault(StoreFault::timed_out, *open());
    unmark();
    const auto begin = std::chrono::steady_clock::now();
    const auto kept = open()->put(key_, Secret("token"), hour);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, limit_ + slack) << "put hung";
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().fault, StoreFault::timed_out) << kept.error().message;
}

TEST_F(SecretServiceTest, SS_10_AServiceThatTalksNonsenseHarmsNobody) {
    session_.start_bus();
    session_.start_fake_service("malformed");
    wait_as_usual();
    const auto store = open();
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(store->get(key_));
    EXPECT_FALSE(store->put(key_, Secret("token"), hour));
    EXPECT_FALSE(store->list());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 3 * limit_ + slack);
}

TEST_F(SecretServiceTest, SS_9_AServiceWithoutEncryptionIsRefused) {
    session_.start_bus();
    session_.start_fake_service("plain");
    expect_fault(StoreFault::refused, *open());
}

TEST_F(SecretServiceTest, SS_4_ALockedKeyringIsLockedAndNotEmpty) {
    session_.start_bus();
    session_.start_keyring();
    const auto store = open();
    ASSERT_TRUE(store->put(key_, Secret("token"), hour));
    session_.lock_keyring();
    for (int i = 0; i < 10; ++i)
        expect_fault(StoreFault::locked, *store);
    const auto missing = store->get(CacheKey::of({{"name", "never put"}}));
    ASSERT_FALSE(missing) << "what a locked keyring holds cannot be known";
    EXPECT_EQ(missing.error().fault, StoreFault::locked);
    const auto kept = store->put(key_, Secret("other"), hour);
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().fault, StoreFault::locked) << kept.error().message;
    const auto listed = store->list();
    ASSERT_FALSE(listed);
    EXPECT_EQ(listed.error().fault, StoreFault::locked) << listed.error().message;
    EXPECT_FALSE(marked());
}

TEST_F(SecretServiceTest, SS_6_WithoutACollectionItIsUnavailableAndNoneIsMade) {
    session_.start_bus();
    session_.start_keyring_without_password();
    const auto store = open();
    expect_fault(StoreFault::unavailable, *store);
    const auto kept = store->put(key_, Secret("token"), hour);
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().fault, StoreFault::unavailable) << kept.error().message;
    EXPECT_THAT(session_.run({"find", session_.directory() + "/home", "-name", "*.keyring"}),
                Not(HasSubstr("keyring")))
        << "a keyring file was made";
}

TEST_F(SecretServiceTest, SS_3_ADaemonThatWentIsUnavailable) {
    session_.start_bus();
    session_.start_keyring();
    ASSERT_TRUE(open()->put(key_, Secret("token"), hour));
    session_.kill_service();
    expect_fault(StoreFault::unavailable, *open());
}

TEST_F(SecretServiceTest, SS_10_AMissingOrBrokenHelperIsUnavailable) {
    session_.start_bus();
    for (const char* child : {"/nonexistent/helper", "/bin/false", "/usr/bin/yes", "/dev/null"}) {
        auto broken = settings(session_.environment());
        broken.child = child;
        expect_fault(StoreFault::unavailable, *make_secret_service_store(std::move(broken)));
    }
    auto talkative = settings(session_.environment());
    talkative.child = "/bin/echo";
    expect_fault(StoreFault::failed, *make_secret_service_store(std::move(talkative)));
}

TEST_F(SecretServiceTest, SS_2_AfterATimeoutNobodyWaitsForAMinute) {
    session_.start_bus();
    session_.start_fake_service("silent");
    wait_as_usual();
    expect_fault(StoreFault::timed_out, *open());
    session_.kill_service();
    session_.start_keyring();
    limit_ = patient;
    const auto store = open();
    const auto skipped = store->get(key_);
    ASSERT_FALSE(skipped) << "it asked the service again";
    EXPECT_EQ(skipped.error().fault, StoreFault::unavailable);
    EXPECT_THAT(skipped.error().message, HasSubstr("skipped"));

    auto doctor = settings(session_.environment());
    doctor.ignore_marker = true;
    EXPECT_TRUE(make_secret_service_store(std::move(doctor))->get(key_));
    EXPECT_FALSE(marked()) << "an answer should end the skipping";
    EXPECT_EQ(text(*store), "(none)");
}

TEST_F(SecretServiceTest, SS_2_AMarkerCountsForAMinuteAndNotFromTheFuture) {
    session_.start_bus();
    session_.start_keyring();
    const auto store = open();
    std::ofstream(marker()) << "";
    for (const std::int64_t age : {61L, -5L, 86'400L}) {
        const timespec time{::time(nullptr) - age, 0};
        std::ofstream(marker()) << "";
        const timespec times[] = {time, time};
        ASSERT_EQ(::utimensat(AT_FDCWD, marker().c_str(), times, 0), 0);
        EXPECT_EQ(text(*store), "(none)") << "age " << age;
    }
    std::ofstream(marker()) << "";
    EXPECT_THAT(text(*store), HasSubstr("skipped"));
}

TEST_F(SecretServiceTest, ItWorksWithoutAMarkerDirectory) {
    session_.start_bus();
    session_.start_fake_service("silent");
    auto bare = settings(session_.environment());
    bare.marker_directory = "";
    bare.limit = Milliseconds(300);
    expect_fault(StoreFault::timed_out, *make_secret_service_store(std::move(bare)));
}

TEST_F(SecretServiceTest, SS_1_FindsTheBusInTheRuntimeDirectory) {
    session_.start_bus();
    session_.start_keyring();
    ASSERT_TRUE(open()->put(key_, Secret("token"), hour));
    test::Variables variables = session_.variables();
    variables.erase("DBUS_SESSION_BUS_ADDRESS");
    EXPECT_EQ(text(*make_secret_service_store(settings(Environment(variables)))), "token");
}

TEST_F(SecretServiceTest, SS_8_ObeysNoVariableOfLibsecretOrGlib) {
    session_.start_bus();
    session_.start_keyring();
    ASSERT_TRUE(open()->put(key_, Secret("token"), hour));
    test::Variables variables = session_.variables();
    variables["SECRET_BACKEND"] = "file";
    variables["SECRET_SERVICE_BUS_NAME"] = "org.example.Rogue";
    variables["SECRET_FILE_TEST_PATH"] = session_.directory() + "/rogue";
    variables["SNAP_NAME"] = "rogue";
    variables["G_DEBUG"] = "fatal-warnings";
    variables["LD_PRELOAD"] = "/nonexistent.so";
    EXPECT_EQ(text(*make_secret_service_store(settings(Environment(variables)))), "token");
    // The helper run by hand is as deaf to them.
    const std::string digest = key_.digest_hex();
    variables.erase("LD_PRELOAD");
    test::Program helper({test::secret_service_child()}, variables,
                         "19:leasehold-request 1,3:get,64:" + digest + ",0:,");
    EXPECT_THAT(helper.read_all(), HasSubstr("token"));
    EXPECT_EQ(helper.wait(), 0);
}

TEST_F(SecretServiceTest, SS_7_DecoysAreNeitherServedNorHarmed) {
    session_.start_bus();
    session_.start_keyring();
    const std::string digest = key_.digest_hex();
    const auto plant = [&](const std::string& app, const std::string& version,
                           const std::string& schema) {
        (void)session_.run({"secret-tool", "store", "--label=decoy", "app", app, "v", version,
                            "key", digest, "xdg:schema", schema},
                           "decoy of " + app + version + schema);
    };
    plant("leasehold", "1", "org.leasehold.Token"); // ours but for the text
    plant("leasehold", "0", "org.leasehold.Token");
    plant("other", "1", "org.leasehold.Token");
    plant("leasehold", "1", "org.example.Other");
    const auto store = open();
    EXPECT_EQ(text(*store), "(none)");
    const auto listed = store->list();
    ASSERT_TRUE(listed);
    EXPECT_TRUE(listed->empty());
    ASSERT_TRUE(store->put(key_, Secret("token"), hour));
    EXPECT_EQ(text(*store), "token");
    ASSERT_TRUE(store->clear());
    EXPECT_EQ(text(*store), "(none)");
    const auto search = [&](const std::string& app, const std::string& version) {
        return session_.run({"secret-tool", "lookup", "app", app, "v", version, "key", digest});
    };
    EXPECT_THAT(search("leasehold", "0"), HasSubstr("decoy")) << "clear() took what is not ours";
    EXPECT_THAT(search("other", "1"), HasSubstr("decoy")) << "clear() took what is not ours";
    EXPECT_THAT(search("leasehold", "1"), HasSubstr("decoy of leasehold1org.example.Other"));
}

TEST_F(SecretServiceTest, LabelsAndAttributesSayNothing) {
    session_.start_bus();
    session_.start_keyring();
    const auto key = CacheKey::of({{"server", "https://prod.example"}, {"account", "deployer"}});
    ASSERT_TRUE(open()->put(key, Secret("canary-token"), hour));
    const std::string shown = session_.run({"secret-tool", "search", "--all", "app", "leasehold"});
    EXPECT_THAT(shown, HasSubstr("leasehold token"));
    EXPECT_THAT(shown, Not(HasSubstr("prod.example")));
    EXPECT_THAT(shown, Not(HasSubstr("deployer")));
}

TEST_F(SecretServiceTest, SS_9_TheBusCarriesNoTokenInTheClear) {
    session_.start_bus();
    session_.start_keyring();
    test::Program monitor({"dbus-monitor", "--session"}, session_.variables());
    (void)monitor.read_line(); // it listens from here on
    const auto store = open();
    ASSERT_TRUE(store->put(key_, Secret("canary-token"), hour));
    EXPECT_EQ(text(*store), "canary-token");
    std::this_thread::sleep_for(Milliseconds(200));
    monitor.signal(SIGTERM);
    const std::string traffic = monitor.read_all();
    EXPECT_THAT(traffic, HasSubstr("CreateItem")) << "the monitor saw nothing at all";
    EXPECT_THAT(traffic, Not(HasSubstr("canary-token")));
}

TEST_F(SecretServiceTest, SS_11_AWarmLookUpIsQuick) {
    session_.start_bus();
    session_.start_keyring();
    const auto store = open();
    ASSERT_TRUE(store->put(key_, Secret(std::string(1200, 'x')), hour));
    std::vector<double> times;
    for (int i = 0; i < 21; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        ASSERT_TRUE(store->get(key_));
        times.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
                .count());
    }
    std::sort(times.begin(), times.end());
    RecordProperty("median_ms", std::to_string(times[times.size() / 2]));
    std::printf("secret service look-up: median %.1f ms, worst %.1f ms\n", times[times.size() / 2],
                times.back());
    // Others' work makes some slow, and a wait of its own makes all slow.
    EXPECT_LT(times.front(), 500) << "something in there waits";
}

} // namespace
} // namespace leasehold::cache
