// The ways to log in, right and wrong.
#include "src/lease/vault/client.hpp"
#include "src/lease/vault/login/asker.hpp"
#include "src/lease/vault/login/proof.hpp"
#include "src/lease/vault/login/variables.hpp"
#include "src/lease/vault/wire/requests.hpp"
#include "tests/unit/lease/vault/server.hpp"

#include <cstdlib>
#include <fstream>

#include <sys/stat.h>

namespace leasehold::lease::vault {
namespace {

class VaultLoginTest : public VaultTest {
protected:
    Result<Answer> ask() {
        const Outside around = outside();
        Client client(settings_, around);
        return client.ask(lease_request(settings_, "", "1h", {}), Doing::leasing, "lease",
                          Repeat::changes, soon());
    }
    void use_method(const std::string& auth) {
        use("address: https://vault.example:8200\nrole: deployer\nauth: {" + auth + "}\n");
    }
    std::string write(const std::string& text) {
        const std::string path = testing::TempDir() + "/vault-secret";
        std::ofstream(path) << text;
        ::chmod(path.c_str(), 0600);
        return path;
    }
};

TEST_F(VaultLoginTest, EachMethodSendsWhatItsEndpointTakes) {
    const std::string jwt = make_token(R"({"iss":"i","sub":"s"})");
    const std::string file = write(jwt);
    environment_ = Environment{{{"VAULT_PASSWORD", "pw"}, {"JOB", jwt}}};
    struct Case {
        std::string auth;
        std::string target;
        std::string body;
    };
    for (const Case& one : std::vector<Case>{
             {"method: jwt, role: ci, jwt-variable: JOB", "/v1/auth/jwt/login",
              R"({"role":"ci","jwt":")" + jwt + R"("})"},
             {"method: jwt, mount: team/gitlab, jwt-file: " + file, "/v1/auth/team/gitlab/login",
              R"({"jwt":")" + jwt + R"("})"},
             {"method: kubernetes, role: pod, jwt-file: " + file, "/v1/auth/kubernetes/login",
              R"({"role":"pod","jwt":")" + jwt + R"("})"},
             {"method: userpass, username: alice", "/v1/auth/userpass/login/alice",
              R"({"password":"pw"})"},
             {"method: ldap, username: a b", "/v1/auth/ldap/login/a%20b", R"({"password":"pw"})"},
             {"method: approle, role-id: r", "/v1/auth/approle/login", R"({"role_id":"r"})"}}) {
        server_ = {};
        sessions_.kept.reset();
        use_method(one.auth);
        answer_login();
        answer(200, "{}");
        ASSERT_TRUE(ask()) << one.auth;
        EXPECT_EQ(server_.asked[0].target, one.target);
        EXPECT_EQ(server_.asked[0].body, one.body);
        EXPECT_EQ(server_.asked[1].bearer, "s.made");
    }
}

TEST_F(VaultLoginTest, ACertificateIsTheConnections) {
    use("address: https://vault.example\nrole: r\nclient-certificate: /c\nclient-key: /k\n"
        "auth: {method: cert, role: dev}\n");
    const auto got = ask();
    ASSERT_FALSE(got); // there are no such files
    EXPECT_NE(got.error().message.find("/c"), std::string::npos) << got.error().message;
}

TEST_F(VaultLoginTest, AGivenTokenIsLookedAtOnce) {
    use_method("method: token");
    environment_ = Environment{{{"VAULT_TOKEN", "s.mine"}}};
    answer_lookup(600);
    answer(200, "{}");
    answer(200, "{}");
    ASSERT_TRUE(ask());
    ASSERT_TRUE(ask());
    EXPECT_EQ(targets(), (Targets{lookup_path, creds_target, creds_target}));
    EXPECT_EQ(server_.asked[0].bearer, "s.mine");
    EXPECT_EQ(sessions_.kept->life, Seconds(600));
    EXPECT_FALSE(sessions_.kept->renewable);
}

TEST_F(VaultLoginTest, OneThatIsNotTakenIsNotTriedAgain) {
    use_method("method: token");
    environment_ = Environment{{{"VAULT_TOKEN", "s.mine"}}};
    refuse(403, "permission denied");
    for (int i = 0; i < 50; ++i) {
        const auto got = ask();
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code, ErrorCode::denied);
    }
    EXPECT_EQ(server_.asked.size(), 1u);
}

TEST_F(VaultLoginTest, BaoHidesVault) {
    const auto of = [](Environment::Variables variables) {
        return own_variable(Environment(std::move(variables)), "TOKEN").value_or("-");
    };
    EXPECT_EQ(of({{"VAULT_TOKEN", "v"}}), "v");
    EXPECT_EQ(of({{"VAULT_TOKEN", "v"}, {"BAO_TOKEN", "b"}}), "b");
    EXPECT_EQ(of({{"VAULT_TOKEN", "v"}, {"BAO_TOKEN", ""}}), "-");
}

TEST_F(VaultLoginTest, AVariableOfAnotherServersIsNotSent) {
    use_method("method: token");
    environment_ =
        Environment{{{"VAULT_TOKEN", "s.mine"}, {"VAULT_ADDR", "https://other.example:8200"}}};
    const auto got = ask();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::configuration);
    EXPECT_EQ(got.error().message.find("s.mine"), std::string::npos);
    EXPECT_TRUE(server_.asked.empty());
    environment_ =
        Environment{{{"VAULT_TOKEN", "s.mine"}, {"VAULT_ADDR", "https://vault.example:8200/"}}};
    answer_lookup(600);
    answer(200, "{}");
    EXPECT_TRUE(ask());
}

TEST_F(VaultLoginTest, AWrongSecretIsTriedOnceAndAnotherIsAnotherTry) {
    refuse(400, "invalid role or secret ID");
    for (int i = 0; i < 50; ++i) {
        const auto got = ask();
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code, ErrorCode::denied);
        EXPECT_NE(got.error().hint.find("15 minutes"), std::string::npos);
    }
    EXPECT_EQ(server_.asked.size(), 1u);
    environment_ = Environment{{{"VAULT_SECRET_ID", "right"}}};
    answer_login();
    answer(200, "{}");
    EXPECT_TRUE(ask());
}

TEST_F(VaultLoginTest, AServerThatRepeatsWhatItWasSentIsNotQuotedWithIt) {
    environment_ = Environment{{{"VAULT_SECRET_ID", "the-secret-id"}}};
    refuse(400, "robot may not log in with the-secret-id");
    const auto got = ask();
    ASSERT_FALSE(got);
    EXPECT_NE(got.error().message.find("robot may not log in with (what was sent)"),
              std::string::npos)
        << got.error().message;
}

TEST_F(VaultLoginTest, NewerKeysInTheSamePlaceAreAnotherTry) {
    use_method("method: aws, role: ci");
    const auto with = [](const std::string& session) {
        return Environment{{{"AWS_ACCESS_KEY_ID", "A"},
                            {"AWS_SECRET_ACCESS_KEY", "S"},
                            {"AWS_SESSION_TOKEN", session}}};
    };
    environment_ = with("old");
    refuse(400, "ExpiredToken");
    for (int i = 0; i < 50; ++i)
        EXPECT_FALSE(ask());
    EXPECT_EQ(server_.asked.size(), 1u);
    environment_ = with("new");
    answer_login();
    answer(200, "{}");
    EXPECT_TRUE(ask());
}

TEST_F(VaultLoginTest, AzureRefusesWith500) {
    use_method("method: azure, role: ci");
    answer(200, R"({"access_token":"a.b.c"})");
    answer(200, R"({"compute":{"subscriptionId":"s","resourceGroupName":"g","name":"m"}})");
    refuse(500, "oidc: expected audience x got y");
    const auto got = ask();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::denied);
    EXPECT_NE(got.error().hint.find("--azure-resource"), std::string::npos);
}

TEST_F(VaultLoginTest, AWrappedSecretIdIsUnwrappedFirst) {
    use_method("method: approle, role-id: r, secret-id-wrapped: true");
    environment_ = Environment{{{"VAULT_SECRET_ID", "s.wrapping"}}};
    answer(200, R"({"data":{"secret_id":"unwrapped"}})");
    answer_login();
    answer(200, "{}");
    ASSERT_TRUE(ask());
    EXPECT_EQ(targets(), (Targets{"/v1/sys/wrapping/unwrap", login_path, creds_target}));
    EXPECT_EQ(server_.asked[0].bearer, "s.wrapping");
    EXPECT_EQ(server_.asked[1].body, R"({"role_id":"r","secret_id":"unwrapped"})");
}

TEST_F(VaultLoginTest, OneThatSomebodyElseReadIsSaid) {
    use_method("method: approle, role-id: r, secret-id-wrapped: true");
    environment_ = Environment{{{"VAULT_SECRET_ID", "s.wrapping"}}};
    refuse(400, "wrapping token is not valid or does not exist");
    const auto got = ask();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::denied);
    EXPECT_NE(got.error().hint.find("someone else did"), std::string::npos);
    EXPECT_FALSE(ask());
    EXPECT_EQ(server_.asked.size(), 1u);
}

TEST_F(VaultLoginTest, ATokenWithFewUsesServesNoLease) {
    answer(200, R"({"auth":{"client_token":"s.x","lease_duration":60,"num_uses":2}})");
    const auto got = ask();
    ASSERT_FALSE(got);
    EXPECT_NE(got.error().hint.find("token_num_uses 0"), std::string::npos);
}

TEST_F(VaultLoginTest, ASecondFactorTakesAPerson) {
    environment_ = Environment{{{"VAULT_PASSWORD", "pw"}}};
    use_method("method: userpass, username: carol");
    const std::string wanted =
        R"({"auth":{"client_token":"","mfa_requirement":{"mfa_request_id":"q","mfa_constraints":)"
        R"({"e":{"any":[{"type":"totp","id":"m","uses_passcode":true}]}}}}})";
    answer(200, wanted);
    const auto got = ask();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::denied);
    EXPECT_EQ(got.error().hint, "log in: leasehold login --profile prod");
    answer(200, wanted);
    const Outside around = outside();
    Client client(settings_, around);
    const auto factor =
        client.sign_in(password_proof(settings_.auth, Secret(std::string_view("pw"))), soon());
    ASSERT_TRUE(factor && *factor);
    EXPECT_EQ((*factor)->id, "q");
    ASSERT_EQ((*factor)->methods.size(), 1u);
    EXPECT_TRUE((*factor)->methods.front().code);
}

TEST_F(VaultLoginTest, WithoutASessionAPersonIsSentToLogin) {
    environment_ = {};
    for (const std::string auth : {"method: oidc", "method: userpass, username: me"}) {
        use_method(auth);
        const auto got = ask();
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code, ErrorCode::denied);
        EXPECT_EQ(got.error().hint, "log in: leasehold login --profile prod");
    }
    EXPECT_TRUE(server_.asked.empty());
}

TEST_F(VaultLoginTest, ASessionOfOnesOwnIsRevokedAndAGivenTokenIsNot) {
    keep(999900);
    answer(204, "");
    {
        const Outside around = outside();
        Client client(settings_, around);
        EXPECT_TRUE(client.end_session(soon()));
    }
    EXPECT_EQ(targets(), Targets{"/v1/auth/token/revoke-self"});
    EXPECT_FALSE(sessions_.kept);
    use_method("method: token");
    keep(999900);
    const Outside around = outside();
    Client client(settings_, around);
    EXPECT_TRUE(client.end_session(soon()));
    EXPECT_EQ(server_.asked.size(), 1u);
    EXPECT_FALSE(sessions_.kept);
}

TEST_F(VaultLoginTest, WhoAsksIsToldByWhatLiesThere) {
    const auto identity = [&](Environment::Variables variables) {
        const Environment environment{std::move(variables)};
        return asker_of(settings_, {environment, "/home/me", "key"}).identity;
    };
    use_method("method: token");
    EXPECT_NE(identity({{"VAULT_TOKEN", "a"}}), identity({{"VAULT_TOKEN", "b"}}));
    use_method("method: jwt, jwt-variable: JOB");
    const auto jwt = [](const std::string& subject, int time) {
        return make_token(R"({"iss":"i","sub":")" + subject + R"(","iat":)" + std::to_string(time) +
                          "}");
    };
    EXPECT_EQ(identity({{"JOB", jwt("a", 1)}}), identity({{"JOB", jwt("a", 2)}}));
    EXPECT_NE(identity({{"JOB", jwt("a", 1)}}), identity({{"JOB", jwt("b", 1)}}));
}

} // namespace
} // namespace leasehold::lease::vault
