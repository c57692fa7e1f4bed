// Leases, the sessions that they need, and their ends.
#include "src/lease/vault/provider.hpp"
#include "tests/unit/lease/vault/server.hpp"

namespace leasehold::lease::vault {
namespace {

constexpr const char* made_up = "v-token-deployer-1795623779-baorr3pgpe414lyunv8fjohd";

class VaultLeaseTest : public VaultTest {
protected:
    Result<Lease> lease(Seconds ttl = Seconds(3600)) {
        const auto provider = make_vault_provider(settings_, terms_, outside());
        return provider->lease({ttl, "ci", {}}, soon());
    }
    const Asked& last() const { return server_.asked.back(); }
};

TEST_F(VaultLeaseTest, ColdTwoRequestsOnOneConnection) {
    answer_login();
    answer(200, lease_body());
    const auto got = lease();
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(targets(), (Targets{login_path, creds_target}));
    EXPECT_EQ(server_.origins.size(), 1u);
    EXPECT_EQ(server_.asked[0].body, R"({"role_id":"robot","secret_id":"secret-id"})");
    EXPECT_EQ(server_.asked[0].bearer, "");
    EXPECT_EQ(last().bearer, "s.made");
    EXPECT_EQ(last().body, R"({"ttl":"1h","kubernetes_namespace":"ci"})");
    EXPECT_EQ(last().headers.front().name, "X-Vault-Request");
    EXPECT_EQ(got->id, "kubernetes/creds/deployer/abc");
    EXPECT_EQ(got->subject, "system:serviceaccount:ci:deployer");
    EXPECT_EQ(got->expires, 1003600);
}

TEST_F(VaultLeaseTest, WarmOne) {
    keep(999900, 7200);
    answer(200, lease_body());
    ASSERT_TRUE(lease());
    EXPECT_EQ(targets(), Targets{creds_target});
    EXPECT_EQ(last().bearer, "s.kept");
}

TEST_F(VaultLeaseTest, TheTtlIsSpelledAsTheProfileDoes) {
    for (const auto& [spelled, sent] : std::vector<std::pair<std::string, std::string>>{
             {"60m", "60m"}, {"3600", "3600"}, {"", "1h"}, {"2h", "1h"}, {"0d1h", "1h"}}) {
        server_ = {};
        keep(999900, 7200);
        terms_.ttl_text = spelled;
        answer(200, lease_body());
        ASSERT_TRUE(lease());
        EXPECT_EQ(last().body, R"({"ttl":")" + sent + R"(","kubernetes_namespace":"ci"})")
            << spelled;
    }
}

TEST_F(VaultLeaseTest, AnEndingSessionIsRenewedBeforeALeaseOutlivesIt) {
    keep(998000);
    answer_login("s.kept", 3600);
    answer(200, lease_body(made_up));
    const auto got = lease();
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(targets(), (Targets{renew_path, creds_target}));
    EXPECT_EQ(server_.asked[0].body, R"({"increment":"3600s"})");
    EXPECT_EQ(got->life, Seconds(3600));
    EXPECT_EQ(sessions_.kept->issued, 1000000);
}

TEST_F(VaultLeaseTest, OneThatCannotBeRenewedForLongIsReplaced) {
    keep(998000);
    answer_login("s.kept", 1700);
    answer_login("s.made", 3600);
    answer(200, lease_body(made_up));
    ASSERT_TRUE(lease());
    EXPECT_EQ(targets(), (Targets{renew_path, login_path, creds_target}));
    EXPECT_EQ(last().bearer, "s.made");
}

// Each renewal of it gives 1200 s. That looks like an end, until one goes past that.
TEST_F(VaultLeaseTest, OneThatIsRenewedWithoutEndIsNotReplaced) {
    for (const UnixTime now : {1000000, 1000900, 1001800}) {
        clock_.instant.wall = now;
        server_.asked.clear();
        if (now == 1000000)
            answer_login("s.made", 1200);
        answer_login("s.made", 1200);
        answer(200, lease_body(made_up, 1200));
        const auto got = lease();
        ASSERT_TRUE(got) << got.error().message;
        EXPECT_EQ(targets(), now == 1000000 ? (Targets{login_path, renew_path, creds_target})
                                            : (Targets{renew_path, creds_target}));
        EXPECT_EQ(got->life, Seconds(1200));
    }
    clock_.instant.wall += 30;
    server_.asked.clear();
    answer(200, lease_body(made_up, 1200));
    ASSERT_TRUE(lease());
    EXPECT_EQ(targets(), Targets{creds_target});
}

// One that has an end after all is asked once.
TEST_F(VaultLeaseTest, AnEndThatIsMetTwiceIsOne) {
    answer_login("s.made", 1200);
    answer_login("s.made", 1200);
    answer(200, lease_body(made_up, 1200));
    ASSERT_TRUE(lease());
    clock_.instant.wall += 900;
    server_.asked.clear();
    answer_login("s.made", 300);
    answer_login("s.next", 1200);
    answer_login("s.next", 1200);
    answer(200, lease_body(made_up, 1200));
    ASSERT_TRUE(lease());
    EXPECT_EQ(targets(), (Targets{renew_path, login_path, renew_path, creds_target}));
}

TEST_F(VaultLeaseTest, OneThatIsAsGoodAsNewIsNot) {
    keep(999990, 1200, false);
    answer(200, lease_body(made_up, 1200));
    const auto got = lease();
    ASSERT_TRUE(got);
    EXPECT_EQ(targets(), Targets{creds_target});
    EXPECT_EQ(got->life, Seconds(1190));
}

TEST_F(VaultLeaseTest, TheOlderServesWhereNoOtherIsToBeHad) {
    keep(998000, 3600, false);
    refuse(400, "invalid role or secret ID");
    answer(200, lease_body(made_up));
    const auto got = lease();
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(targets(), (Targets{login_path, creds_target}));
    EXPECT_EQ(got->life, Seconds(1600));
}

// The server says 3600 s and deletes the account with the session (contract: B6).
TEST_F(VaultLeaseTest, ALeaseEndsWithItsLogin) {
    answer_login("s.short", 900, R"(,"x":1)");
    answer_login("s.short", 900);
    answer(200, lease_body(made_up));
    const auto got = lease();
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(targets(), (Targets{login_path, renew_path, creds_target}));
    EXPECT_EQ(got->life, Seconds(900));
    EXPECT_TRUE(got->own_account);
    EXPECT_TRUE(got->revocable);
}

TEST_F(VaultLeaseTest, ATokenOfAnAccountThatStaysDoesNot) {
    use(approle_yaml() + "credential: static\n");
    keep(999000, 1100, false);
    answer(200, lease_body());
    const auto got = lease();
    ASSERT_TRUE(got);
    EXPECT_EQ(targets(), Targets{creds_target});
    EXPECT_EQ(got->life, Seconds(3600));
    EXPECT_FALSE(got->revocable);
}

TEST_F(VaultLeaseTest, ABatchLoginCutsTheLeaseAndNotTheToken) {
    keep(999900, 7200);
    answer(200, lease_body(made_up, 1800));
    EXPECT_EQ(lease()->life, Seconds(1800));
}

TEST_F(VaultLeaseTest, AUserIsAskedToLogInBeforeAShortLease) {
    use("address: https://vault.example\nrole: deployer\nauth: {method: userpass, username: me}\n");
    environment_ = {};
    keep(999700, 600, false);
    const auto got = lease();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::denied);
    EXPECT_EQ(got.error().message, "the login ends in 5m, and a lease ends with it");
    EXPECT_EQ(got.error().hint, "log in again: leasehold login --profile prod");
    EXPECT_TRUE(server_.asked.empty());
}

TEST_F(VaultLeaseTest, WhatIsNoLeaseIsNotTaken) {
    for (const auto& [body, why] : std::vector<std::pair<std::string, std::string>>{
             {"<html>", "not"},
             {R"({"lease_id":"a/b","data":{}})", "no token"},
             {R"({"wrap_info":{"token":"s.w"},"data":null})", "wrapped"},
             {replaced(lease_body(), "kubernetes/creds/deployer/abc", ""), "no lease id"},
             {replaced(lease_body(), R"(service_account_name":"deployer)",
                       R"(service_account_name":"root)"),
              "not for"},
             {replaced(lease_body(), R"(namespace":"ci)", R"(namespace":"kube-system)"),
              "names"}}) {
        server_ = {};
        keep(999900, 7200);
        answer(200, body);
        answer(204, ""); // the lease is given back
        const auto got = lease();
        ASSERT_FALSE(got) << body;
        EXPECT_EQ(got.error().code, ErrorCode::bad_answer) << got.error().message;
    }
}

TEST_F(VaultLeaseTest, AnUnusableOneIsGivenBack) {
    keep(999900, 7200);
    settings_.service_account = "other";
    answer(200, lease_body());
    answer(204, "");
    EXPECT_FALSE(lease());
    EXPECT_EQ(last().target, "/v1/sys/leases/revoke/kubernetes/creds/deployer/abc");
}

TEST_F(VaultLeaseTest, AMissingPolicyIsPrinted) {
    keep(999900, 7200);
    refuse_by_policy();
    answer_lookup(3600);
    const auto got = lease();
    ASSERT_FALSE(got);
    EXPECT_EQ(targets(), (Targets{creds_target, lookup_path}));
    EXPECT_EQ(got.error().code, ErrorCode::denied);
    EXPECT_NE(got.error().hint.find("(default, dev)"), std::string::npos) << got.error().hint;
    EXPECT_NE(
        got.error().hint.find(R"(path "kubernetes/creds/deployer" { capabilities = ["update"] })"),
        std::string::npos);
    EXPECT_TRUE(sessions_.kept);
}

TEST_F(VaultLeaseTest, ADeadSessionIsReplacedOnce) {
    for (const std::string text :
         {"permission denied",
          R"(2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n)"}) {
        server_ = {};
        keep(999900, 7200);
        refuse(403, text);
        refuse(403, text);
        answer_login();
        answer(200, lease_body());
        ASSERT_TRUE(lease()) << text;
        EXPECT_EQ(targets(), (Targets{creds_target, lookup_path, login_path, creds_target}));
    }
}

TEST_F(VaultLeaseTest, OneThatMayNotLookAtItselfIsNotDead) {
    keep(999900, 7200);
    refuse_by_policy();
    refuse_by_policy();
    EXPECT_FALSE(lease());
    EXPECT_EQ(targets(), (Targets{creds_target, lookup_path}));
    EXPECT_TRUE(sessions_.kept);
}

TEST_F(VaultLeaseTest, AStandbyThatDoesNotForwardIsNamedAndNotFollowed) {
    keep(999900, 7200);
    http::Failure failure{make_error(ErrorCode::bad_answer, "redirects"), http::Stage::receive,
                          true};
    failure.redirect = "https://10.0.0.7:8200/v1/kubernetes/creds/deployer";
    server_.answers.emplace_back(std::move(failure));
    const auto got = lease();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::unreachable);
    EXPECT_NE(got.error().message.find("\"10.0.0.7:8200\""), std::string::npos)
        << got.error().message;
    EXPECT_EQ(server_.asked.size(), 1u);
}

TEST_F(VaultLeaseTest, WhatMayHaveMadeAnAccountIsNotAskedAgain) {
    keep(999900, 7200);
    server_.answers.emplace_back(
        http::Failure{make_error(ErrorCode::unreachable, "broke"), http::Stage::receive, true});
    EXPECT_FALSE(lease());
    EXPECT_EQ(server_.asked.size(), 1u);
}

TEST_F(VaultLeaseTest, ASealedServerIsAskedThreeTimes) {
    keep(999900, 7200);
    for (int i = 0; i < 3; ++i)
        refuse(503, "Vault is sealed");
    const auto got = lease();
    ASSERT_FALSE(got);
    EXPECT_EQ(server_.asked.size(), 3u);
    EXPECT_EQ(got.error().code, ErrorCode::unreachable);
    EXPECT_EQ(got.error().hint, "an operator must unseal it");
}

// A standby says so before it does anything.
TEST_F(VaultLeaseTest, WithoutAnActiveNodeItIsAskedAgain) {
    keep(999900, 7200);
    refuse(500, "local node not active but active cluster node not found");
    answer(200, lease_body());
    const auto got = lease();
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(server_.asked.size(), 2u);
}

class VaultBookTest : public VaultTest {
protected:
    void SetUp() override {
        VaultTest::SetUp();
        keep(999900, 7200);
    }
    std::unique_ptr<LeaseBook> book(bool revocable = true, BookScope scope = BookScope::own) {
        return make_vault_book(settings_, terms_, outside(), scope,
                               {{"kubernetes/creds/deployer/abc", "system:serviceaccount:ci:x",
                                 999000, 1002600, revocable, "jti"}});
    }
    void answer_record(const std::string& id) {
        answer(200, R"({"data":{"id":")" + id +
                        R"(","issue_time":"1970-01-12T13:30:00Z",)"
                        R"("expire_time":"1970-01-12T14:30:00Z"}})");
    }
    const std::string id_ = "kubernetes/creds/deployer/abc";
};

TEST_F(VaultBookTest, ListsWhatIsKnownHere) {
    answer_record(id_);
    const auto list = book()->list(soon());
    ASSERT_TRUE(list) << list.error().message;
    ASSERT_EQ(list->size(), 1u);
    EXPECT_EQ(list->front().subject, "system:serviceaccount:ci:x");
    EXPECT_EQ(list->front().namespace_, "ci");
    EXPECT_EQ(list->front().state, "active");
    EXPECT_TRUE(list->front().ours);
    EXPECT_EQ(targets(), Targets{"/v1/sys/leases/lookup"});
}

TEST_F(VaultBookTest, AllOfThemTakeSudo) {
    refuse_by_policy();
    answer_lookup(3600);
    const auto list = book(true, BookScope::all_holders)->list(soon());
    ASSERT_FALSE(list);
    EXPECT_EQ(server_.asked[0].target,
              "/v1/sys/leases/lookup/kubernetes/creds/deployer/?list=true");
    EXPECT_NE(list.error().hint.find(R"(["list", "sudo"])"), std::string::npos)
        << list.error().hint;
}

TEST_F(VaultBookTest, WhatIsGoneIsNotThere) {
    refuse(400, "invalid lease");
    const auto entry = book()->show(id_, soon());
    ASSERT_TRUE(entry);
    EXPECT_FALSE(*entry);
    EXPECT_FALSE(*book()->show("kubernetes/creds/DEPLOYER/abc", soon()));
    EXPECT_EQ(server_.asked.size(), 1u);
}

TEST_F(VaultBookTest, RevokesByTheUrlThenByTheBody) {
    answer(204, "");
    ASSERT_TRUE(book()->revoke(id_, false, soon()));
    EXPECT_EQ(targets(), Targets{"/v1/sys/leases/revoke/" + id_});
    server_ = {};
    refuse_by_policy();
    answer_lookup(3600);
    answer(204, "");
    const auto revoked = book()->revoke(id_, false, soon());
    ASSERT_TRUE(revoked);
    EXPECT_FALSE(revoked->token_lives);
    EXPECT_EQ(server_.asked.back().body, R"({"lease_id":"kubernetes/creds/deployer/abc"})");
}

TEST_F(VaultBookTest, ATokenOfAnAccountThatStaysLivesOn) {
    answer(204, "");
    const auto revoked = book(false)->revoke(id_, false, soon());
    ASSERT_TRUE(revoked);
    EXPECT_TRUE(revoked->token_lives);
    EXPECT_EQ(revoked->token_ends, 1002600);
}

TEST_F(VaultBookTest, OfAnUnknownLeaseTheRoleTells) {
    const std::string other = "kubernetes/creds/deployer/other";
    for (const auto& [name, lives] :
         {std::pair<std::string, bool>{"deployer", true}, {"", false}}) {
        server_ = {};
        answer_record(other);
        answer(204, "");
        answer(200, R"({"data":{"service_account_name":")" + name + R"("}})");
        const auto revoked = book()->revoke(other, false, soon());
        ASSERT_TRUE(revoked) << revoked.error().message;
        EXPECT_EQ(revoked->token_lives, lives);
        EXPECT_FALSE(revoked->token_unknown);
        EXPECT_EQ(server_.asked.back().target, "/v1/kubernetes/roles/deployer");
    }
}

// Few may read the role. Then nobody is told that the token lives, or that it does not.
TEST_F(VaultBookTest, WithoutTheRoleOnlyTheClusterKnows) {
    const std::string other = "kubernetes/creds/deployer/other";
    answer_record(other);
    answer(204, "");
    refuse_by_policy();
    answer_lookup(3600);
    const auto revoked = book()->revoke(other, false, soon());
    ASSERT_TRUE(revoked) << revoked.error().message;
    EXPECT_FALSE(revoked->token_lives);
    EXPECT_TRUE(revoked->token_unknown);
    EXPECT_EQ(revoked->token_ends, 1002600);
}

TEST_F(VaultBookTest, OneThatIsGoneIsNotEnded) {
    refuse(400, "invalid lease");
    const auto revoked = book()->revoke("kubernetes/creds/deployer/other", false, soon());
    ASSERT_TRUE(revoked) << revoked.error().message;
    EXPECT_TRUE(revoked->was_gone);
    EXPECT_EQ(server_.asked.size(), 1u);
}

TEST_F(VaultBookTest, ClusterTroubleLeavesTheLeaseInTheBook) {
    refuse(400, R"(failed to revoke entry: resp: (*logical.Response)(nil) err: 1 error occurred:\n)"
                R"(\t* failed to delete ServiceAccount: Unauthorized\n\n)");
    const auto revoked = book()->revoke(id_, false, soon());
    ASSERT_FALSE(revoked);
    EXPECT_EQ(revoked.error().code, ErrorCode::unreachable);
    EXPECT_NE(revoked.error().message.find("err: failed to delete ServiceAccount: Unauthorized"),
              std::string::npos)
        << revoked.error().message;
}

TEST_F(VaultBookTest, RenewingIsANewLease) {
    answer_record(id_);
    answer(200, lease_body());
    const auto renewal = book()->renew(id_, Seconds(3600), soon());
    ASSERT_TRUE(renewal) << renewal.error().message;
    ASSERT_TRUE(renewal->lease);
    EXPECT_EQ(renewal->entry.subject, "system:serviceaccount:ci:deployer");
    EXPECT_NE(renewal->remark.find("this is a new one"), std::string::npos);
    EXPECT_EQ(server_.asked.back().target, creds_target);
}

} // namespace
} // namespace leasehold::lease::vault
