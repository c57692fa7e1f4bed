// A site that answers from a script, a store of sessions in memory, and the settings of a profile.
#pragma once

#include "src/lease/infisical/settings/settings.hpp"
#include "src/lease/infisical/wire/outside.hpp"
#include "tests/unit/lease/scripted_server.hpp"
#include "tests/unit/lease/tokens.hpp"

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
    LeaseTerms terms;
    return read_section(&read_settings, "infisical", yaml, terms);
}

class SiteTest : public ScriptedServerTest {
protected:
    SiteTest()
        : ScriptedServerTest(
              Environment{{{"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", "client-secret"}}}) {}
    void SetUp() override { settings_ = *read_yaml(infisical_yaml()); }

    Outside outside() { return {around()}; }

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

    InfisicalSettings settings_;
};

} // namespace leasehold::lease::infisical
