// The provider and its book, by what they ask and make of the answers.
#include "src/base/json.hpp"
#include "src/lease/infisical/definition.hpp"
#include "src/lease/infisical/provider.hpp"
#include "src/lease/infisical/unused.hpp"
#include "tests/unit/lease/infisical/known_leases.hpp"
#include "tests/unit/lease/infisical/site.hpp"

namespace leasehold::lease::infisical {
namespace {

const std::string failed = R"("Failed to delete")";

class LeaseTest : public SiteTest {
protected:
    void SetUp() override {
        SiteTest::SetUp();
        keep(999000, 999000);
    }
    Result<Lease> lease(const std::string& namespace_ = "ci", const std::string& issuer = "") {
        return make_infisical_provider(settings_, issuer, outside(), owner())
            ->lease({Seconds(3600), namespace_, {}}, soon());
    }
    // A token for ci/dynamic-secret-sa-x.
    static std::string token() {
        std::string claims = usual_claims();
        for (int i = 0; i < 2; ++i)
            claims = replaced(claims, "deployer", "dynamic-secret-sa-x");
        return make_token(claims);
    }
    void answer_lease(const std::string& token, const std::string& record) {
        answer(200,
               R"({"lease":)" + record + R"(,"dynamicSecret":{},"data":{"TOKEN":")" + token +
                   R"("}})",
               {{"Date", "Mon, 12 Jan 1970 13:46:40 GMT"}});
    }
    std::unique_ptr<LeaseBook> book(BookScope scope = BookScope::all_holders) {
        return make_infisical_book(settings_, outside(), scope, owner());
    }
    Owner owner() { return {leases_, "dev", "me@here"}; }
    // A lease of this profile's, whose token ends at `token_ends`.
    void know(const std::string& id, UnixTime token_ends = 1003600) {
        leases_.leases.push_back({.mark = "mark-" + id,
                                  .id = id,
                                  .place = place_of(settings_),
                                  .jti = "jti-" + id,
                                  .asked = 1000000,
                                  .token_ends = token_ends});
    }
    // A record that bears a mark.
    static std::string marked(const std::string& id, const std::string& mark) {
        return replaced(SiteTest::lease(id), R"({"namespace":"ci"})",
                        R"({"leasehold":{"mark":")" + mark +
                            R"(","profile":"theirs","holder":"you@there"}})");
    }
    void answer_nothing(bool sent) {
        server_.answers.emplace_back(
            http::Failure{make_error(ErrorCode::timed_out, "it did not answer in time"),
                          http::Stage::receive, sent});
    }

    KnownLeases leases_;
};

TEST_F(LeaseTest, IsAskedForWithEveryPartInItsPlace) {
    settings_.path = "/a b";
    answer_lease(token(), SiteTest::lease("id-1"));
    ASSERT_TRUE(lease());
    EXPECT_EQ(server_.asked[0].target, "/v1/dynamic-secrets/leases");
    const auto body = parse_json(server_.asked[0].body);
    EXPECT_EQ(json_string(*body, {"dynamicSecretName"}), "deployer");
    EXPECT_EQ(json_string(*body, {"path"}), "/a b");
    EXPECT_EQ(json_string(*body, {"ttl"}), "3600s");
    EXPECT_EQ(json_string(*body, {"config", "namespace"}), "ci");
    settings_.kubernetes_route = true;
    answer_lease(token(), SiteTest::lease("id-1"));
    ASSERT_TRUE(lease(""));
    EXPECT_EQ(server_.asked[1].target, "/v1/dynamic-secrets/leases/kubernetes");
    EXPECT_EQ(json_find(*parse_json(server_.asked[1].body), {"config"}), nullptr);
}

TEST_F(LeaseTest, EndsWithTheEarlierOfRecordAndToken) {
    answer_lease(token(), replaced(SiteTest::lease("id-1"), "14:46:40", "14:40:00"));
    const auto whole = lease();
    ASSERT_TRUE(whole) << whole.error().message;
    EXPECT_EQ(whole->life, Seconds(3600) - Seconds(400)) << "the record's, by the site's Date";
    answer_lease(token(), replaced(SiteTest::lease("id-1"), "14:46:40", "23:00:00"));
    EXPECT_EQ(lease()->life, Seconds(3600)) << "the token's own";
    EXPECT_EQ(whole->id, "id-1");
    EXPECT_EQ(whole->subject, "system:serviceaccount:ci:dynamic-secret-sa-x");
    EXPECT_EQ(whole->namespace_, "ci");
}

TEST_F(LeaseTest, OneThatEndsAsItIsMadeIsNone) {
    answer_lease(token(), replaced(SiteTest::lease("id-1"), "14:46:40", "13:46:40"));
    answer(200, "{}");
    const auto ended = lease();
    ASSERT_FALSE(ended);
    EXPECT_NE(ended.error().message.find("it has expired already"), std::string::npos)
        << ended.error().message;
}

TEST_F(LeaseTest, WhatCannotBeUsedIsGivenBack) {
    const std::string good = token();
    for (const std::string& bad :
         {std::string("nonsense"), make_token("{}"), make_token(usual_claims())}) {
        server_ = {};
        answer_lease(bad, SiteTest::lease("id-1"));
        answer(200, R"({"lease":)" + SiteTest::lease("id-1") + "}");
        const auto refused = lease();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::bad_answer);
        ASSERT_EQ(server_.asked.size(), 2u);
        EXPECT_EQ(server_.asked[1].method, "DELETE");
        EXPECT_EQ(refused.error().message.find(bad), std::string::npos);
    }
    server_ = {};
    answer_lease(good, SiteTest::lease("id-1"));
    answer(200, "{}");
    EXPECT_FALSE(lease("default")) << "another namespace than was asked for";
    answer_lease(good, SiteTest::lease("id-1"));
    answer(200, "{}");
    EXPECT_FALSE(lease("ci", "https://other")) << "another issuer";
}

TEST_F(LeaseTest, IsNotTakenFromAnythingElse) {
    for (const char* text :
         {"", "<html>", "{}", R"({"lease":{}})", R"({"lease":{"id":"../x"}})",
          R"({"lease":{"id":"a","expireAt":"later"}})", R"({"data":{"TOKEN":"a.b.c"}})"}) {
        server_ = {};
        answer(200, text);
        answer(200, "{}");
        const auto refused = lease();
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, ErrorCode::bad_answer);
    }
}

TEST_F(LeaseTest, AreListedWithTheirState) {
    know("mine");
    answer(200, R"({"leases":[)" + SiteTest::lease("mine") + ',' +
                    SiteTest::lease("stuck", failed) + "]}");
    const auto entries = book()->list(soon());
    ASSERT_TRUE(entries) << entries.error().message;
    ASSERT_EQ(entries->size(), 2u);
    EXPECT_TRUE((*entries)[0].ours);
    EXPECT_EQ((*entries)[0].state, "active");
    EXPECT_EQ((*entries)[1].state, "failed-to-revoke");
    EXPECT_EQ(server_.asked[0].target, "/v1/dynamic-secrets/deployer/leases?projectSlug=shop&"
                                       "environmentSlug=prod&path=%2Fk8s");
    answer(200, R"({"leases":[)" + SiteTest::lease("mine") + ',' + SiteTest::lease("other") + "]}");
    EXPECT_EQ(book(BookScope::own)->list(soon())->size(), 1u);
}

// Another profile may use the same dynamic secret: what is not remembered is not touched.
TEST_F(LeaseTest, AnothersIsNeitherShownNorRenewedNorEnded) {
    know("mine");
    const std::string theirs = R"({"lease":)" + marked("theirs", "m") + "}";
    answer(200, theirs);
    EXPECT_FALSE(*book(BookScope::own)->show("theirs", soon()));
    answer(200, theirs);
    const auto revoked = book(BookScope::own)->revoke("theirs", false, soon());
    ASSERT_FALSE(revoked);
    EXPECT_EQ(revoked.error().code, ErrorCode::denied);
    EXPECT_NE(revoked.error().message.find("you@there"), std::string::npos);
    EXPECT_NE(revoked.error().message.find("--all-holders"), std::string::npos);
    answer(200, theirs);
    EXPECT_FALSE(book(BookScope::own)->renew("theirs", Seconds(1800), soon()));
    for (const Asked& one : server_.asked)
        EXPECT_EQ(one.method, "GET");
    answer(200, theirs);
    const auto shown = book()->show("theirs", soon());
    EXPECT_EQ((*shown)->holder, "you@there");
    EXPECT_FALSE((*shown)->ours);
}

// The profile may have been written anew since: then the id is of another dynamic secret.
TEST_F(LeaseTest, OneOfAnotherPlaceIsNotTakenForOneThatHasEnded) {
    know("mine");
    leases_.leases[0].place = "elsewhere";
    const auto revoked = book(BookScope::own)->revoke("mine", false, soon());
    ASSERT_FALSE(revoked);
    EXPECT_NE(revoked.error().message.find("another dynamic secret"), std::string::npos);
    EXPECT_TRUE(server_.asked.empty());
}

TEST_F(LeaseTest, IsRememberedWithItsMarkBeforeItIsMade) {
    answer_lease(token(), SiteTest::lease("id-1"));
    ASSERT_TRUE(lease());
    const auto body = parse_json(server_.asked[0].body);
    const auto mark = json_string(*body, {"config", "leasehold", "mark"});
    ASSERT_TRUE(mark);
    EXPECT_EQ(mark->size(), 32u);
    EXPECT_EQ(json_string(*body, {"config", "leasehold", "holder"}), "me@here");
    ASSERT_EQ(leases_.leases.size(), 1u);
    const KnownLease& known = leases_.leases[0];
    EXPECT_EQ(known.mark, *mark);
    EXPECT_EQ(known.id, "id-1");
    EXPECT_EQ(known.token_ends, 1003600);
    EXPECT_FALSE(known.unused);
}

TEST_F(LeaseTest, OneThatWasRefusedIsNotRemembered) {
    answer(400, refusal("Max lease limit reached. Limit: 10000"));
    EXPECT_FALSE(lease());
    answer_nothing(false);
    EXPECT_FALSE(lease());
    EXPECT_TRUE(leases_.leases.empty());
}

TEST_F(LeaseTest, OneWhoseAnswerDoesNotComeIsToldAndEndedByTheNextCall) {
    answer_nothing(true);
    const auto lost = lease();
    ASSERT_FALSE(lost);
    EXPECT_NE(lost.error().message.find("may have made the lease"), std::string::npos);
    ASSERT_EQ(leases_.leases.size(), 1u);
    const std::string mark = leases_.leases[0].mark;
    server_ = {};
    answer(200, R"({"leases":[)" + marked("others", "m") + ',' + marked("lost", mark) + "]}");
    answer(200, R"({"lease":)" + marked("lost", mark) + "}");
    answer_lease(token(), SiteTest::lease("id-2"));
    ASSERT_TRUE(lease());
    ASSERT_EQ(server_.asked.size(), 3u);
    EXPECT_EQ(server_.asked[1].method, "DELETE");
    EXPECT_NE(server_.asked[1].target.find("/leases/lost"), std::string::npos);
    ASSERT_EQ(leases_.leases.size(), 1u);
    EXPECT_EQ(leases_.leases[0].id, "id-2");
}

TEST_F(LeaseTest, OneThatWasNeverMadeIsLookedForNoLongerThanAnybodyWaits) {
    answer_nothing(true);
    ASSERT_FALSE(lease());
    for (const int later : {10, 400}) {
        clock_.instant.wall = 1000000 + later;
        keep(999000, 999000, 360000, 720000);
        answer(200, R"({"leases":[]})");
        answer(400, refusal("no"));
        EXPECT_FALSE(lease());
        EXPECT_EQ(leases_.leases.size(), later == 10 ? 1u : 0u);
    }
}

// A call that waits for its answer has asked, too: its lease is not one that nobody uses.
TEST_F(LeaseTest, OneThatIsBeingMadeIsLeftAlone) {
    leases_.leases.push_back(
        {.mark = "m", .id = "", .place = place_of(settings_), .asked = 999990});
    answer_lease(token(), SiteTest::lease("id-2"));
    ASSERT_TRUE(lease());
    EXPECT_EQ(server_.asked.size(), 1u);
    clock_.instant.wall += 200;
    answer(200, R"({"leases":[)" + marked("lost", "m") + "]}");
    EXPECT_EQ((*book()->list(soon()))[0].state, "unused") << "its caller was killed";
}

TEST_F(LeaseTest, APruneEndsWhatNobodyUsesAndNothingElse) {
    know("mine");
    leases_.leases.push_back(
        {.mark = "m", .id = "", .place = place_of(settings_), .asked = 999990, .unused = true});
    const std::string list =
        R"({"leases":[)" + SiteTest::lease("mine") + ',' + marked("lost", "m") + "]}";
    answer(200, list);
    const auto would = book(BookScope::own)->prune(PruneClock::either, true, soon());
    ASSERT_TRUE(would) << would.error().message;
    ASSERT_EQ(would->removed.size(), 1u);
    EXPECT_EQ(server_.asked.size(), 1u);
    answer(200, list);
    answer(200, R"({"lease":)" + marked("lost", "m") + "}");
    ASSERT_EQ(book(BookScope::own)->prune(PruneClock::either, false, soon())->removed.size(), 1u);
    EXPECT_EQ(leases_.leases.size(), 1u);
}

// A renewal moves the record's end alone.
TEST_F(LeaseTest, EndsWithItsTokenHoweverLateItsRecordEnds) {
    know("mine", 1001000);
    answer(200, R"({"lease":)" + SiteTest::lease("mine") + "}");
    const auto renewed = book()->renew("mine", Seconds(1800), soon());
    EXPECT_EQ(renewed->entry.expires, 1001000);
    EXPECT_EQ(renewed->entry.details.at("recordExpires"), "1970-01-12T14:46:40Z");
    answer(200,
           R"({"lease":)" + replaced(SiteTest::lease("mine"), "dynamic-secret-sa-x", "own") + "}");
    EXPECT_EQ(book()->revoke("mine", false, soon())->token_ends, 1001000);
}

TEST_F(LeaseTest, ARevocationThatFailedIsTold) {
    answer(200, R"({"lease":)" +
                    replaced(SiteTest::lease("x", failed), R"("statusDetails":null)",
                             R"("statusDetails":"not found")") +
                    "}");
    const auto revoked = book()->revoke("x", false, soon());
    ASSERT_FALSE(revoked);
    EXPECT_EQ(revoked.error().code, ErrorCode::denied);
    EXPECT_NE(revoked.error().message.find("was not revoked"), std::string::npos);
    EXPECT_NE(revoked.error().message.find("the server says: not found"), std::string::npos);
    const auto body = parse_json(server_.asked[0].body);
    EXPECT_EQ(json_string(*body, {"projectSlug"}), "shop");
    EXPECT_FALSE(json_find(*body, {"isForced"})->get_bool());
}

// What an account is called is anybody's choice: the definition tells, or else nobody.
TEST_F(LeaseTest, ARevocationEndsTheTokenWhereTheDefinitionSaysSo) {
    const std::string misleading[] = {SiteTest::lease("x"),
                                      replaced(SiteTest::lease("x"), "dynamic-secret-sa-x", "own")};
    for (const std::string& record : misleading) {
        for (const std::string type : {"", "static", "dynamic"}) {
            settings_.credential_type = type;
            answer(200, R"({"lease":)" + record + "}");
            const auto ended = book()->revoke("x", false, soon());
            EXPECT_EQ(ended->token_lives, type == "static");
            EXPECT_EQ(ended->token_unknown, type.empty());
            EXPECT_EQ(ended->token_ends, 1003600);
            answer(200, R"({"lease":)" + record + "}");
            const auto shown = book()->show("x", soon());
            EXPECT_EQ((*shown)->revocable, type == "dynamic");
            EXPECT_EQ((*shown)->revocable_known, !type.empty());
        }
    }
    answer(200, R"({"lease":)" + SiteTest::lease("x") + "}");
    EXPECT_TRUE(book()->revoke("x", true, soon())->token_lives) << "forced: the account may stay";
}

TEST_F(LeaseTest, SaysTheSameOfItsRevocationWhenItIsMadeAsInTheBook) {
    for (const std::string type : {"", "static", "dynamic"}) {
        settings_.credential_type = type;
        answer_lease(token(), SiteTest::lease("id-1"));
        const auto made = lease();
        EXPECT_EQ(made->revocable, type == "dynamic");
        EXPECT_EQ(made->revocable_known, !type.empty());
    }
}

// Of 10,000 leases none but the owner's is kept.
TEST_F(LeaseTest, AreListedThoughThereAreTenThousand) {
    std::string list = R"({"leases":[)";
    for (int i = 0; i < 10'000; ++i)
        list += SiteTest::lease("lease-" + std::to_string(i)) + ',';
    list += SiteTest::lease("mine") + "]}";
    know("mine");
    answer(200, list);
    const auto own = book(BookScope::own)->list(soon());
    ASSERT_TRUE(own) << own.error().message;
    ASSERT_EQ(own->size(), 1u);
    answer(200, list);
    EXPECT_EQ(book()->list(soon())->size(), 10'001u);
    answer(404, refusal("no", "NotFound"));
    answer(200, list);
    EXPECT_FALSE(book()->revoke("lease-9999", false, soon())) << "it is in the list";
}

TEST_F(LeaseTest, AnswersThatAreNoListAreTold) {
    for (const char* text : {"", "<html>", "{}", R"({"leases":{}})", R"({"leases":[{}]})",
                             R"({"leases":[{"id":"../x"}]})", R"({"leases":[)"}) {
        answer(200, text, {{"Content-Type", "application/json"}});
        const auto listed = book()->list(soon());
        ASSERT_FALSE(listed) << text;
        EXPECT_EQ(listed.error().code, ErrorCode::bad_answer);
    }
    answer(200, R"({"leases":[]})", {{"Content-Type", "text/html"}});
    EXPECT_NE(book()->list(soon()).error().message.find("text/html"), std::string::npos);
}

// A login may be limited in its uses.
TEST_F(LeaseTest, WhoHasNoneAsksNobody) {
    EXPECT_TRUE(book(BookScope::own)->list(soon())->empty());
    EXPECT_TRUE(server_.asked.empty());
}

TEST_F(LeaseTest, TheDefinitionsOwnTtlIsTakenWhereNoneIsWanted) {
    const auto provider = make_infisical_provider(settings_, "", outside(), owner());
    answer_lease(token(), SiteTest::lease("id-1"));
    const auto taken = provider->lease({Seconds(0), "ci", {}, Seconds(7200)}, soon());
    ASSERT_TRUE(taken) << taken.error().message;
    EXPECT_EQ(taken->life, Seconds(3600));
    EXPECT_EQ(json_find(*parse_json(server_.asked[0].body), {"ttl"}), nullptr);
    answer_lease(token(), SiteTest::lease("id-2"));
    answer(200, R"({"lease":)" + SiteTest::lease("id-2") + "}");
    const auto refused = provider->lease({Seconds(0), "ci", {}, Seconds(1800)}, soon());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("max-ttl"), std::string::npos);
    EXPECT_EQ(server_.asked.back().method, "DELETE");
}

TEST_F(LeaseTest, AMaximumBelowOursIsMetAndSaidOnce) {
    const auto answer_with_maximum = [&] {
        answer(200,
               R"({"lease":)" + SiteTest::lease("id-1") +
                   R"(,"dynamicSecret":{"maxTTL":"30m"},"data":{"TOKEN":")" + token() + R"("}})",
               {{"Date", "Mon, 12 Jan 1970 13:46:40 GMT"}});
    };
    answer(400, refusal("TTL cannot be larger than max TTL"));
    answer_with_maximum();
    const auto first = lease();
    ASSERT_TRUE(first) << first.error().message;
    ASSERT_EQ(first->warnings.size(), 1u);
    EXPECT_NE(first->warnings[0].find("30m"), std::string::npos);
    ASSERT_EQ(server_.asked.size(), 2u);
    EXPECT_EQ(json_find(*parse_json(server_.asked[1].body), {"ttl"}), nullptr);
    answer_with_maximum();
    const auto second = lease();
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->warnings.empty());
    EXPECT_EQ(json_string(*parse_json(server_.asked[2].body), {"ttl"}), "1800s");
    answer_lease(token(), SiteTest::lease("id-1"));
    ASSERT_TRUE(lease());
    answer_lease(token(), SiteTest::lease("id-1"));
    ASSERT_TRUE(lease());
    EXPECT_EQ(json_string(*parse_json(server_.asked[4].body), {"ttl"}), "3600s")
        << "the definition has no maximum any more";
}

// 404 is also the answer for a wrong project or folder.
TEST_F(LeaseTest, OneThatIsGoneIsAsGoodAsRevoked) {
    answer(404, refusal("no", "NotFound"));
    answer(200, R"({"leases":[]})");
    EXPECT_TRUE(book()->revoke("x", false, soon())->was_gone);
    answer(404, refusal("no", "NotFound"));
    answer(404, refusal("Project with slug 'shop' not found", "NotFound"));
    EXPECT_FALSE(book()->revoke("x", false, soon()));
}

TEST_F(LeaseTest, ARenewalMovesTheRecordAndBringsNoToken) {
    answer(200, R"({"lease":)" + SiteTest::lease("x") + "}");
    const auto renewed = book()->renew("x", Seconds(1800), soon());
    ASSERT_TRUE(renewed);
    EXPECT_FALSE(renewed->lease);
    EXPECT_NE(renewed->remark.find("token itself still ends"), std::string::npos);
    EXPECT_EQ(server_.asked[0].target, "/v1/dynamic-secrets/leases/x/renew");
}

TEST_F(LeaseTest, AnUnknownOneIsNoErrorAndARefusalIs) {
    answer(404, refusal("no", "NotFound"));
    const auto found = book()->show("a/b", soon());
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_FALSE(*found);
    EXPECT_NE(server_.asked[0].target.find("/leases/a%2Fb?"), std::string::npos);
}

TEST(InfisicalDefinition, IsShownWithoutItsSecrets) {
    const auto shown = masked(*parse_json(
        R"({"name":"x","inputs":{"clusterToken":"secret","ca":"PEM","url":"https://a"}})"));
    EXPECT_EQ(json_string(shown, {"inputs", "clusterToken"}), "********");
    EXPECT_EQ(json_string(shown, {"inputs", "ca"}), "PEM");
}

TEST_F(LeaseTest, ADefinitionsTokenIsSentAndNothingElseChanges) {
    DefinitionDraft draft;
    draft.members["defaultTTL"] = "1h";
    draft.cluster_token = Secret(std::string_view("cluster"));
    answer(200, R"({"dynamicSecret":{"name":"x"}})");
    const Outside around = outside();
    ASSERT_TRUE(Definitions(settings_, around).update("x", draft, soon()));
    const auto body = parse_json(server_.asked[0].body);
    ASSERT_TRUE(body) << server_.asked[0].body;
    EXPECT_EQ(json_string(*body, {"data", "inputs", "clusterToken"}), "cluster");
    EXPECT_EQ(server_.asked[0].method, "PATCH");
    draft.cluster_token = Secret();
    answer(200, R"({"dynamicSecret":{"name":"x"}})");
    ASSERT_TRUE(Definitions(settings_, around).update("x", draft, soon()));
    EXPECT_EQ(json_find(*parse_json(server_.asked[1].body), {"data", "inputs"}), nullptr);
}

} // namespace
} // namespace leasehold::lease::infisical
