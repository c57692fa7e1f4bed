// A Vault that answers from a script, a store of sessions in memory, and the settings of a profile.
#pragma once

#include "src/base/yaml.hpp"
#include "src/lease/vault/settings/settings.hpp"
#include "src/lease/vault/wire/outside.hpp"
#include "tests/unit/lease/fake_http.hpp"
#include "tests/unit/lease/identity/memory_sessions.hpp"
#include "tests/unit/lease/tokens.hpp"

#include <gtest/gtest.h>

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
    const auto document = parse_yaml(yaml, "p.yaml", {.limit = 1 << 16, .aliases = false});
    if (!document)
        return document.error();
    SettingsContext context{"p.yaml", std::nullopt, {}};
    LeaseTerms own;
    auto settings = read_settings(SettingsSection(context, &*document, "vault"),
                                  {"/p", "/home/me", "p"}, terms == nullptr ? own : *terms);
    if (context.error)
        return *context.error;
    return settings;
}

class VaultTest : public testing::Test {
protected:
    void SetUp() override {
        clock_.instant.wall = 1000000;
        settings_ = *read_yaml(approle_yaml());
    }

    Outside outside() {
        return {.environment = environment_,
                .clock = clock_,
                .home = "/home/me",
                .connect =
                    [this](http::Server server, http::Budgets) {
                        server_.origins.push_back(server.url.origin());
                        return std::make_unique<FakeClient>(server_);
                    },
                .sessions = &sessions_,
                .profile = "prod"};
    }

    void use(const std::string& yaml) { settings_ = *read_yaml(yaml); }

    void answer(int status, std::string body, std::vector<http::Header> headers = {}) {
        http::Response response;
        response.status = status;
        response.body = std::move(body);
        response.headers = std::move(headers);
        server_.answers.emplace_back(std::move(response));
    }
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
    static Deadline soon() { return Deadline::after(Seconds(10)); }

    Environment environment_{{{"VAULT_SECRET_ID", "secret-id"}}};
    ManualClock clock_;
    VaultSettings settings_;
    LeaseTerms terms_;
    FakeServer server_;
    identity::MemorySessions sessions_;
};

inline const std::string login_path = "/v1/auth/approle/login";
inline const std::string creds_target = "/v1/kubernetes/creds/deployer";
inline const std::string lookup_path = "/v1/auth/token/lookup-self";
inline const std::string renew_path = "/v1/auth/token/renew-self";
using Targets = std::vector<std::string>;

} // namespace leasehold::lease::vault
