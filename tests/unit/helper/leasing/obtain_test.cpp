#include "helper/leasing/keys.hpp"
#include "helper/leasing/last_account.hpp"
#include "helper/leasing/obtain.hpp"
#include "src/lease/kubernetes/settings/settings.hpp"
#include "tests/support/left_out.hpp"
#include "tests/support/process_store.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>

#include <unistd.h>

namespace leasehold::helper {
namespace {

// Grants from a script and counts.
class FakeProvider final : public lease::LeaseProvider {
public:
    Result<lease::Lease> lease(const lease::LeaseRequest& request, Deadline) override {
        ++asked;
        if (failure)
            return *failure;
        lease::Lease lease;
        lease.token = Secret("token-" + std::to_string(asked));
        lease.life = request.ttl;
        lease.id = std::to_string(asked);
        return lease;
    }
    int asked = 0;
    std::optional<Error> failure;
};

class ObtainTest : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "leasehold-obtain-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
        auto profile =
            lease::parse_profile("cluster: {server: https://a.b}\n"
                                 "kubernetes: {namespace: ci, service-account: deployer}\n",
                                 "dev", "/p/dev.yaml", "/h");
        ASSERT_TRUE(profile);
        profile_ = *std::move(profile);
        std::vector<std::unique_ptr<cache::TokenStore>> stores;
        stores.push_back(cache::make_process_store());
        cache_.emplace(std::move(stores), clock_);
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    Result<Obtained> obtain(Eagerness eagerness = Eagerness::serve) {
        const auto request = default_request(profile_);
        const auto key = lease_key(process_, profile_, request);
        return helper::obtain({*cache_, provider_, clock_, directory_, [](std::string_view) {}},
                              profile_, request, *key, eagerness, Deadline::after(Seconds(5)));
    }
    std::string token(Eagerness eagerness = Eagerness::serve) {
        const auto obtained = obtain(eagerness);
        return obtained ? std::string(obtained->token.reveal()) : obtained.error().message;
    }
    void pass(std::int64_t seconds) {
        clock_.instant.wall += seconds;
        clock_.instant.boot += seconds;
    }

    std::string directory_;
    ManualClock clock_;
    lease::Profile profile_;
    Process process_{{}, {}, {}, clock_, "", ""};
    FakeProvider provider_;
    std::optional<cache::TokenCache> cache_;
};

TEST_F(ObtainTest, LeasesOnceAndServesUntilDue) {
    EXPECT_EQ(token(), "token-1");
    pass(2000);
    EXPECT_EQ(token(), "token-1");
    EXPECT_EQ(provider_.asked, 1);
}

TEST_F(ObtainTest, ADueTokenIsServedAndRenewedBehind) {
    EXPECT_EQ(token(), "token-1");
    pass(3000); // 540 s of reported life are left: due, not spent
    EXPECT_EQ(token(), "token-1");
    EXPECT_EQ(token(Eagerness::renew), "token-2");
    EXPECT_EQ(token(), "token-2");
    EXPECT_EQ(token(Eagerness::renew), "token-2") << "a second renewal must find the first's";
}

TEST_F(ObtainTest, ASpentTokenIsReplaced) {
    EXPECT_EQ(token(), "token-1");
    pass(3300);
    EXPECT_EQ(token(), "token-2");
}

TEST_F(ObtainTest, CACHE_3_AnOlderTokenIsBetterThanNone) {
    EXPECT_EQ(token(), "token-1");
    pass(3300);
    provider_.failure = make_error(ErrorCode::unreachable, "down");
    EXPECT_EQ(token(), "token-1");
    pass(3600);
    EXPECT_EQ(token(), "down");
}

TEST_F(ObtainTest, LOCK_3_AFailureAnswersForTheNextCalls) {
    provider_.failure = make_error(ErrorCode::denied, "no", "ask nicely");
    for (int i = 0; i < 10; ++i) {
        const auto refused = obtain();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::denied);
        EXPECT_EQ(refused.error().message, "no");
        // What is only remembered says so, and how to ask anew.
        EXPECT_EQ(refused.error().hint,
                  i == 0 ? "ask nicely"
                         : "ask nicely\nthis is what was answered last, and is not asked again for "
                           "15 s; to try now: leasehold lease create --profile dev");
    }
    EXPECT_EQ(provider_.asked, 1);
    pass(16);
    provider_.failure.reset();
    EXPECT_EQ(token(), "token-2");
}

// LOCK-3: the classes of failures, and the server's own wish.
TEST_F(ObtainTest, LOCK_3_AFailureIsRememberedForAsLongAsItsClassSays) {
    struct Case {
        ErrorCode code;
        int retry_after;
        int seconds;
    };
    for (const Case& given :
         {Case{ErrorCode::denied, 0, 15}, Case{ErrorCode::unreachable, 0, 5},
          Case{ErrorCode::timed_out, 0, 5}, Case{ErrorCode::bad_answer, 0, 5},
          Case{ErrorCode::unreachable, 2, 5}, Case{ErrorCode::unreachable, 20, 20},
          Case{ErrorCode::unreachable, 3600, 60}}) {
        provider_.failure = make_error(given.code, "no");
        provider_.failure->retry_after = given.retry_after;
        const int before = provider_.asked;
        EXPECT_EQ(token(), "no");
        pass(given.seconds - 1);
        EXPECT_EQ(token(), "no");
        EXPECT_EQ(provider_.asked, before + 1) << "forgotten before " << given.seconds << " s";
        pass(1);
        EXPECT_EQ(token(), "no");
        EXPECT_EQ(provider_.asked, before + 2) << "remembered after " << given.seconds << " s";
        pass(120);
    }
}

// LOCK-4: many hosts whose renewals failed do not all come back with the server.
TEST_F(ObtainTest, WhileAnOlderTokenDoesAFailureIsLetAloneForLonger) {
    EXPECT_EQ(token(), "token-1");
    pass(2820); // served for 420 s more
    provider_.failure = make_error(ErrorCode::unreachable, "down");
    EXPECT_EQ(token(Eagerness::renew), "token-1");
    EXPECT_EQ(provider_.asked, 2);
    pass(209); // the shortest pause is half of the time left
    EXPECT_EQ(token(Eagerness::renew), "token-1");
    EXPECT_EQ(provider_.asked, 2);
    pass(211); // spent, and good for 300 s more
    EXPECT_EQ(token(), "token-1");
    EXPECT_EQ(provider_.asked, 3);
    pass(149);
    EXPECT_EQ(token(), "token-1");
    EXPECT_EQ(provider_.asked, 3);
    pass(151); // it has ended: whoever calls needs another
    provider_.failure.reset();
    EXPECT_EQ(token(), "token-4");
}

TEST_F(ObtainTest, APauseIsNothingWithoutAnOlderToken) {
    EXPECT_EQ(token(), "token-1");
    pass(2820);
    provider_.failure = make_error(ErrorCode::unreachable, "down");
    EXPECT_EQ(token(Eagerness::renew), "token-1");
    pass(6); // the failure itself is forgotten, the shortest pause not over
    provider_.failure.reset();
    cache_->forget(lease_key(process_, profile_, default_request(profile_))->key);
    EXPECT_EQ(token(), "token-3");
}

TEST_F(ObtainTest, WhatIsWrongLocallyIsTriedEachTime) {
    provider_.failure = make_error(ErrorCode::configuration, "typo");
    EXPECT_EQ(token(), "typo");
    provider_.failure.reset();
    EXPECT_EQ(token(), "token-2");
}

TEST_F(ObtainTest, AnEditedProfileIsTriedAtOnce) {
    provider_.failure = make_error(ErrorCode::denied, "no");
    EXPECT_EQ(token(), "no");
    profile_.identity.modified_ns = 7;
    provider_.failure.reset();
    EXPECT_EQ(token(), "token-2");
}

TEST_F(ObtainTest, CACHE_5_AClockThatWentBackTrustsNothing) {
    EXPECT_EQ(token(), "token-1");
    clock_.instant.wall -= 3600;
    EXPECT_EQ(token(), "token-2");
}

lease::KubernetesSettings& settings_of(lease::Profile& profile) {
    return std::any_cast<lease::KubernetesSettings&>(profile.settings);
}

// KEY-1: whatever changes who the token is for changes the key.
TEST_F(ObtainTest, CACHE_7_EveryDifferenceIsAnotherKey) {
    const auto key = [&](const std::function<void(lease::Profile&, lease::LeaseRequest&)>& change) {
        lease::Profile profile = profile_;
        lease::LeaseRequest request = default_request(profile);
        change(profile, request);
        return lease_key(process_, profile, request)->key.digest_hex();
    };
    using P = lease::Profile;
    using R = lease::LeaseRequest;
    std::vector<std::string> keys = {
        key([](P&, R&) {}),
        key([](P& p, R&) { p.path = "/p/other.yaml"; }),
        key([](P& p, R&) { p.cluster.server.port = 6443; }),
        key([](P& p, R&) { p.cluster.server.path = "/x"; }),
        key([](P& p, R&) { p.cluster.ca_pem = "x"; }),
        key([](P& p, R&) { p.cluster.tls_server_name = "x"; }),
        key([](P& p, R&) { p.terms.issuer = "x"; }),
        key([](P& p, R&) { settings_of(p).service_account = "x"; }),
        key([](P& p, R&) {
            settings_of(p).requester.kind = lease::RequesterSettings::Kind::in_cluster;
        }),
        key([](P&, R& r) { r.namespace_ = "x"; }),
        key([](P&, R& r) { r.ttl = Seconds(601); }),
        key([](P&, R& r) {
            r.audiences = {"a", "b"};
        }),
        key([](P&, R& r) { r.audiences = {"a,b"}; }),
        key([](P&, R& r) { r.audiences = {"1:a1:b"}; }),
    };
    std::sort(keys.begin(), keys.end());
    EXPECT_EQ(std::unique(keys.begin(), keys.end()), keys.end());
    EXPECT_EQ(key([](P&, R& r) {
                  r.audiences = {"a", "b"};
              }),
              key([](P&, R& r) {
                  r.audiences = {"b", "a", "b"};
              }));
}

// TLS-5, KEY-1: users who share a profile's path share no lease, and neither do providers.
TEST_F(ObtainTest, WhoseLeaseItIsAndWhoGrantsItAreInTheKey) {
    LEASEHOLD_NEED_ROOT();
    const auto key = [&] { return lease_key(process_, profile_, default_request(profile_))->key; };
    const cache::CacheKey mine = key();
    EXPECT_NE(mine.material().find("provider"), std::string::npos) << mine.material();
    ASSERT_EQ(::seteuid(12345), 0);
    const cache::CacheKey theirs = key();
    ASSERT_EQ(::seteuid(0), 0);
    EXPECT_NE(theirs.digest_hex(), mine.digest_hex());
    EXPECT_EQ(key(), mine);
}

TEST_F(ObtainTest, AnotherAccountUnderTheSameDefinitionIsTold) {
    process_.directories.state = directory_ + "/state";
    EXPECT_EQ(note_account(process_, profile_, "system:serviceaccount:ci:a"), "");
    EXPECT_EQ(note_account(process_, profile_, "system:serviceaccount:ci:a"), "");
    EXPECT_NE(note_account(process_, profile_, "system:serviceaccount:ci:b")
                  .find("another account than before, which was system:serviceaccount:ci:a"),
              std::string::npos);
    EXPECT_EQ(note_account(process_, profile_, "system:serviceaccount:ci:b"), "");
    // An edited profile is another definition.
    settings_of(profile_).service_account = "c";
    EXPECT_EQ(note_account(process_, profile_, "system:serviceaccount:ci:c"), "");
}

// A terminal with another proxy hears nothing of this one's failure.
TEST_F(ObtainTest, AFailureIsOnlyForThoseInTheSameCircumstances) {
    provider_.failure = make_error(ErrorCode::unreachable, "down");
    const auto with = [&](const char* name, const char* value) {
        process_.environment = Environment(Environment::Variables{{name, value}});
        return obtain();
    };
    EXPECT_FALSE(with("HTTPS_PROXY", "http://a:1"));
    EXPECT_FALSE(with("HTTPS_PROXY", "http://a:1"));
    EXPECT_EQ(provider_.asked, 1);
    for (const char* name : {"https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE"})
        EXPECT_FALSE(with(name, "x"));
    EXPECT_EQ(provider_.asked, 5);
    EXPECT_FALSE(with("EDITOR", "vi"));
    EXPECT_FALSE(with("EDITOR", "ed"));
    EXPECT_EQ(provider_.asked, 6);
}

TEST_F(ObtainTest, AFaultOfThisMachineIsNotRemembered) {
    provider_.failure = of_this_machine(make_error(ErrorCode::unreachable, "no descriptors"));
    EXPECT_FALSE(obtain());
    provider_.failure.reset();
    EXPECT_EQ(token(), "token-2");
}

} // namespace
} // namespace leasehold::helper
