// A Vault that answers from a script, a store of sessions in memory, and the settings of a profile.
#pragma once

#include "src/lease/vault/settings/settings.hpp"
#include "src/lease/vault/wire/outside.hpp"
#include "tests/unit/lease/scripted_server.hpp"
#include "tests/unit/lease/tokens.hpp"

#include <string>
#include <vector>

namespace leasehold::lease::vault {

inline std::string approle_yaml() {
    return "address: https://vault.example:8200\n"
           "role: deployer\n"
           "auth: {method: approle, role-id: robot}\n";
}

// The settings in `yaml`, or the error of the first mistake.
inline Result<VaultSettings> read_yaml(const std::string& yaml, LeaseTerms* terms = nullptr) {
    LeaseTerms own;
    return read_section(&read_settings, "vault", yaml, terms == nullptr ? own : *terms);
}

class VaultTest : public ScriptedServerTest {
protected:
    VaultTest() : ScriptedServerTest(Environment{{{"VAULT_SECRET_ID", "secret-id"}}}) {}
    void SetUp() override { settings_ = *read_yaml(approle_yaml()); }

    Outside outside() { return around("prod"); }

    void use(const std::string& yaml) { settings_ = *read_yaml(yaml); }

    void refuse(int status, const std::string& error) {
        answer(status, R"({"errors":[")" + error + R"("]})");
    }
    void refuse_by_policy() { refuse(403, R"(1 error occurred:\n\t* permission denied\n\n)"); }
    void answer_login(const std::string& token = "s.made", int life = 3600,
                      const std::string& more = "") {
        answer(200, R"({"auth":{"client_token":")" + token + R"(","lease_duration":)" +
                        std::to_string(life) + R"(,"renewable":true,"num_uses":0)" + more + "}}");
    }
    void answer_lookup(int ttl, const std::string& more = "") {
        answer(200, R"({"data":{"ttl":)" + std::to_string(ttl) +
                        R"(,"num_uses":0,"policies":["default","dev"])" + more + "}}");
    }
    static std::string lease_body(const std::string& account = "deployer", int duration = 3600,
                                  const std::string& more = "") {
        std::string claims = usual_claims();
        for (std::size_t at = 0; (at = claims.find("deployer", at)) != std::string::npos;
             at += account.size())
            claims.replace(at, 8, account);
        return R"({"lease_id":"kubernetes/creds/deployer/abc","lease_duration":)" +
               std::to_string(duration) + R"(,"data":{"service_account_name":")" + account +
               R"(","service_account_namespace":"ci","service_account_token":")" +
               make_token(claims) + R"("},"warnings":null)" + more + "}";
    }
    void keep(UnixTime issued, int life = 3600, bool renewable = true) {
        sessions_.kept = identity::Session{Secret(std::string_view("s.kept")),
                                           issued,
                                           issued,
                                           Seconds(life),
                                           Seconds(0),
                                           renewable};
    }
    [[nodiscard]] std::vector<std::string> targets() const {
        std::vector<std::string> all;
        for (const Asked& asked : server_.asked)
            all.push_back(asked.target);
        return all;
    }

    VaultSettings settings_;
    LeaseTerms terms_;
};

inline const std::string login_path = "/v1/auth/approle/login";
inline const std::string creds_target = "/v1/kubernetes/creds/deployer";
inline const std::string lookup_path = "/v1/auth/token/lookup-self";
inline const std::string renew_path = "/v1/auth/token/renew-self";
using Targets = std::vector<std::string>;

} // namespace leasehold::lease::vault
