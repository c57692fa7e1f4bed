// The provider and its book, by what they ask and make of the answers.
#include "src/base/json.hpp"
#include "src/lease/infisical/definition.hpp"
#include "src/lease/infisical/provider.hpp"
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
        return make_infisical_provider(settings_, issuer, outside())
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
        return make_infisical_book(settings_, outside(), scope,
                                   [](const std::string& id) { return id == "mine"; });
    }
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

TEST_F(LeaseTest, ARevocationEndsTheTokenOfATemporaryAccountOnly) {
    answer(200, R"({"lease":)" + SiteTest::lease("x") + "}");
    EXPECT_FALSE(book()->revoke("x", false, soon())->token_lives);
    answer(200, R"({"lease":)" + replaced(SiteTest::lease("x"), "dynamic-secret-sa-x", "deployer") +
                    "}");
    const auto lives = book()->revoke("x", false, soon());
    EXPECT_TRUE(lives->token_lives);
    EXPECT_EQ(lives->token_ends, 1003600);
    answer(200, R"({"lease":)" + SiteTest::lease("x") + "}");
    EXPECT_TRUE(book()->revoke("x", true, soon())->token_lives) << "forced: the account may stay";
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
