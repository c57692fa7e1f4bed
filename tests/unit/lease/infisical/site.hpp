// A site that answers from a script, a store of sessions in memory, and the settings of a profile.
#pragma once

#include "src/base/yaml.hpp"
#include "src/lease/infisical/settings/settings.hpp"
#include "src/lease/infisical/wire/outside.hpp"
#include "tests/unit/lease/fake_http.hpp"
#include "tests/unit/lease/identity/memory_sessions.hpp"
#include "tests/unit/lease/tokens.hpp"

#include <gtest/gtest.h>

#include <string>

namespace leasehold::lease::infisical {

inline std::string infisical_yaml() {
    return "site: https://site.example\n"
           "project-slug: shop\n"
           "environment: prod\n"
           "path: /k8s/\n"
           "dynamic-secret: Deployer\n"
           "auth: {client-id: robot}\n";
}

// The settings in `yaml`, or the error of the first mistake.
inline Result<InfisicalSettings> read_yaml(const std::string& yaml) {
    const auto document = parse_yaml(yaml, "p.yaml", {.limit = 1 << 16, .aliases = false});
    if (!document)
        return document.error();
    SettingsContext context{"p.yaml", std::nullopt, {}};
    LeaseTerms terms;
    auto settings =
        read_settings(SettingsSection(context, &*document, ""), {"/p", "/home/me", "p"}, terms);
    if (context.error)
        return *context.error;
    return settings;
}

class SiteTest : public testing::Test {
protected:
    void SetUp() override {
        clock_.instant.wall = 1000000;
        settings_ = *read_yaml(infisical_yaml());
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
                .sessions = &sessions_};
    }

    void answer(int status, std::string body, std::vector<http::Header> headers = {}) {
        http::Response response;
        response.status = status;
        response.body = std::move(body);
        response.headers = std::move(headers);
        server_.answers.emplace_back(std::move(response));
    }
    void answer_login(const std::string& token = "access", int life = 3600, int longest = 7200) {
        answer(200, R"({"accessToken":")" + token + R"(","expiresIn":)" + std::to_string(life) +
                        R"(,"accessTokenMaxTTL":)" + std::to_string(longest) +
                        R"(,"tokenType":"Bearer"})");
    }
    void keep(UnixTime created, UnixTime issued, int life = 3600, int longest = 7200) {
        sessions_.kept = identity::Session{Secret(std::string_view("kept")), created, issued,
                                           Seconds(life), Seconds(longest)};
    }
    static std::string refusal(const std::string& message, const std::string& kind = "BadRequest") {
        return R"({"reqId":"req-1","message":")" + message + R"(","error":")" + kind + R"("})";
    }
    static std::string lease(const std::string& id, const std::string& status = "null") {
        return R"({"id":")" + id +
               R"(","version":1,"externalEntityId":"dynamic-secret-sa-x",)"
               R"("expireAt":"1970-01-12T14:46:40.000Z","createdAt":"1970-01-12T13:46:40.000Z",)"
               R"("status":)" +
               status + R"(,"statusDetails":null,"config":{"namespace":"ci"}})";
    }
    static Deadline soon() { return Deadline::after(Seconds(10)); }

    Environment environment_{{{"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", "client-secret"}}};
    ManualClock clock_;
    InfisicalSettings settings_;
    FakeServer server_;
    identity::MemorySessions sessions_;
};

} // namespace leasehold::lease::infisical
