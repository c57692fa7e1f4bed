// What tests of a provider that logs in to a server share: the server's script, a store of sessions
// in memory, and the settings of a profile.
#pragma once

#include "src/base/yaml.hpp"
#include "src/lease/identity/outside.hpp"
#include "src/lease/settings/field.hpp"
#include "src/lease/terms/lease_terms.hpp"
#include "tests/unit/lease/fake_http.hpp"
#include "tests/unit/lease/identity/memory_sessions.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace leasehold::lease {

// The settings in `yaml`, the provider's section of a profile, or the error of the first mistake.
template <class Settings>
Result<Settings> read_section(Settings (*read)(SettingsSection, const SettingsPaths&, LeaseTerms&),
                              const char* section, const std::string& yaml, LeaseTerms& terms) {
    const auto document = parse_yaml(yaml, "p.yaml", {.limit = 1 << 16, .aliases = false});
    if (!document)
        return document.error();
    SettingsContext context{"p.yaml", std::nullopt, {}};
    auto settings =
        read(SettingsSection(context, &*document, section), {"/p", "/home/me", "p"}, terms);
    if (context.error)
        return *context.error;
    return settings;
}

class ScriptedServerTest : public testing::Test {
protected:
    explicit ScriptedServerTest(Environment environment) : environment_(std::move(environment)) {
        clock_.instant.wall = 1000000;
    }

    identity::Outside around(std::string profile = {}) {
        return {.environment = environment_,
                .clock = clock_,
                .home = "/home/me",
                .connect =
                    [this](http::Server server, http::Budgets) {
                        server_.origins.push_back(server.url.origin());
                        return std::make_unique<FakeClient>(server_);
                    },
                .sessions = &sessions_,
                .profile = std::move(profile)};
    }

    void answer(int status, std::string body, std::vector<http::Header> headers = {}) {
        server_.answer(status, std::move(body), std::move(headers));
    }
    static Deadline soon() { return Deadline::after(Seconds(10)); }

    Environment environment_;
    ManualClock clock_;
    FakeServer server_;
    identity::MemorySessions sessions_;
};

} // namespace leasehold::lease
