// Generated from the tables of settings: for each field that is part of the identity another value
// is another key, and for each other field it is the same one.
#include "helper/leasing/keys.hpp"
#include "src/lease/providers.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <type_traits>
#include <utility>

namespace leasehold::helper {
namespace {

using lease::FieldFacts;
using lease::FieldForm;
using lease::Identity;

constexpr std::string_view cluster = "cluster: {server: \"https://prod.example\"}\n";

// Profiles that between them take every key, as {section: {key: value}}.
using Sections = std::map<std::string, std::map<std::string, std::string>>;

std::vector<Sections> bases(std::string_view provider) {
    if (provider == "kubernetes") {
        const std::map<std::string, std::string> account = {{"namespace", "ci"},
                                                            {"service-account", "deployer"}};
        const std::map<std::string, std::string> dynamic = {{"namespace", "ci"},
                                                            {"credential", "dynamic"}};
        auto with_role = dynamic;
        with_role["role"] = "reader";
        auto with_rules = dynamic;
        with_rules["rules"] = "[{apiGroups: [\"\"], resources: [pods], verbs: [get]}]";
        auto with_roles = dynamic;
        with_roles["roles"] = "[{namespace: a, role: reader}]";
        const std::map<std::string, std::string> certificate = {{"client-certificate", "/c"},
                                                                {"client-key", "/k"}};
        auto gateway = certificate;
        gateway["gateway"] = "https://gateway.example";
        return {{{"kubernetes", account}, {"kubernetes.requester", {}}},
                {{"kubernetes", with_role}, {"kubernetes.requester", {}}},
                {{"kubernetes", with_rules}, {"kubernetes.requester", {}}},
                {{"kubernetes", with_roles}, {"kubernetes.requester", {}}},
                {{"kubernetes", account}, {"kubernetes.requester", {{"kubeconfig", "/k"}}}},
                {{"kubernetes", account}, {"kubernetes.requester", certificate}},
                {{"kubernetes", account}, {"kubernetes.requester", gateway}},
                {{"kubernetes", account}, {"kubernetes.requester", {}}},
                {{"kubernetes", account},
                 {"kubernetes.requester", {{"oidc", "github"}, {"oidc-audience", "k8s"}}}},
                {{"kubernetes", account},
                 {"kubernetes.requester", {{"oidc", "variable"}, {"oidc-variable", "JWT"}}}},
                {{"kubernetes", account},
                 {"kubernetes.requester", {{"oidc", "file"}, {"oidc-file", "/jwt"}}}}};
    }
    if (provider == "vault") {
        const std::map<std::string, std::string> role = {{"address", "https://vault.example"},
                                                         {"role", "deployer"}};
        auto certificate = role;
        certificate["client-certificate"] = "/c";
        certificate["client-key"] = "/k";
        return {{{"vault", role}, {"vault.auth", {}}},
                {{"vault", certificate}, {"vault.auth", {}}},
                {{"vault", role}, {"vault.auth", {{"method", "approle"}, {"role-id", "robot"}}}}};
    }
    if (provider == "exec")
        return {{{"exec", {{"command", "/plugin"}}}}};
    if (provider != "infisical")
        return {};
    const std::map<std::string, std::string> site = {{"site", "https://site.example"},
                                                     {"project-slug", "shop"},
                                                     {"environment", "prod"},
                                                     {"dynamic-secret", "deployer"}};
    return {{{"infisical", site}, {"infisical.auth", {{"client-id", "robot"}}}},
            {{"infisical", site}, {"infisical.auth", {{"method", "oidc"}, {"identity-id", "me"}}}}};
}

std::string yaml_of(std::string_view provider, const Sections& sections) {
    std::string text = std::string(cluster) + "provider: " + std::string(provider) + '\n';
    for (const auto& [section, values] : sections) {
        const bool inner = section.find('.') != std::string::npos;
        const std::string indent(inner ? 2 : 0, ' ');
        text += indent + section.substr(section.rfind('.') + 1) + ":\n";
        for (const auto& [key, value] : values)
            text += indent + "  " + key + ": " + value + '\n';
    }
    return text;
}

std::vector<std::string> other_values(const FieldFacts& facts) {
    switch (facts.form) {
    case FieldForm::truth:
        return {"true"};
    case FieldForm::list:
        return {"[other]", "[OTHER=x]"};
    case FieldForm::url:
    case FieldForm::https_url:
    case FieldForm::proxy_url:
        return {"https://other.example"};
    case FieldForm::path:
        return {"/other"};
    case FieldForm::block:
        return {"[{apiGroups: [\"\"], resources: [pods], verbs: [list]}]",
                "[{namespace: b, role: reader}]", "{team: other}"};
    case FieldForm::choice: {
        std::vector<std::string> words;
        std::string_view rest = facts.choices;
        while (!rest.empty()) {
            words.emplace_back(rest.substr(0, rest.find(' ')));
            rest.remove_prefix(std::min(words.back().size() + 1, rest.size()));
        }
        return words;
    }
    case FieldForm::text:
    case FieldForm::slug:
        break;
    }
    return {"other", "stored", "/other", "other-{random}", "8251", "2h"};
}

Result<lease::Profile> profile_of(std::string_view provider, const Sections& sections) {
    return lease::parse_profile(yaml_of(provider, sections), "prod", "/p/prod.yaml", "/h");
}

std::string key_of(const lease::Profile& profile) {
    const ManualClock clock;
    const Process process{{}, {}, {}, clock, "", ""};
    return lease_key(process, profile, default_request(profile))->key.digest_hex();
}

// What tells a profile's lease from others, without what its files say of who asks.
lease::Fields identity_of(const lease::Profile& profile) {
    lease::Fields all;
    for (const auto role : {Identity::of_login, Identity::of_lease})
        for (auto& field : profile.kind->identity(profile.settings, role))
            all.push_back(std::move(field));
    return all;
}

// What was seen of one row, in the base profiles and in all that differ from one in this row alone.
struct Seen {
    std::set<std::string> values; // in the identity, under the row's name
    std::set<Identity::Role> roles;
    int alone = 0;          // profiles that differ from their base in this row
    int another_key = 0;    // of these, those with another key
    int other_identity = 0; // and those with another identity
};

void note_values(const lease::Profile& profile, const std::string& name, Seen& seen) {
    for (const auto role : {Identity::of_login, Identity::of_lease})
        for (const auto& [key, value] : profile.kind->identity(profile.settings, role))
            if (key == name) {
                seen.values.insert(value);
                seen.roles.insert(role);
            }
}

void compare(const lease::Profile& before, const lease::Profile& after, Seen& seen) {
    const bool identity = identity_of(after) != identity_of(before);
    const bool key = key_of(after) != key_of(before);
    EXPECT_TRUE(key || !identity) << "another identity has the same key";
    ++seen.alone;
    seen.other_identity += identity ? 1 : 0;
    seen.another_key += key ? 1 : 0;
}

Seen try_all(const lease::ProviderKind& kind, std::string_view section, const FieldFacts& facts) {
    const std::string name = std::string(section) + '.' + std::string(facts.key);
    Seen seen;
    for (const Sections& base : bases(kind.name)) {
        const auto before = profile_of(kind.name, base);
        if (!before) {
            ADD_FAILURE() << before.error().message << '\n' << yaml_of(kind.name, base);
            continue;
        }
        note_values(*before, name, seen);
        for (const std::string& value : other_values(facts)) {
            Sections other = base;
            std::string& place = other[std::string(section)][std::string(facts.key)];
            if (std::exchange(place, value) == value)
                continue;
            if (const auto after = profile_of(kind.name, other)) {
                note_values(*after, name, seen);
                compare(*before, *after, seen);
            }
        }
    }
    return seen;
}

void expect_decided(const lease::ProviderKind& kind, std::string_view section,
                    const FieldFacts& facts) {
    SCOPED_TRACE(std::string(section) + '.' + std::string(facts.key));
    const Seen seen = try_all(kind, section, facts);
    const Identity::Role role = facts.identity.role();
    if (role == Identity::of_login || role == Identity::of_lease) {
        // Some never change alone: whoever asks by another kind of token names that, too.
        EXPECT_GT(seen.values.size(), 1U) << "no two profiles of this test differ in it";
        EXPECT_EQ(seen.roles, std::set{role});
        return;
    }
    EXPECT_GT(seen.alone, 0) << "no profile of this test takes another value";
    EXPECT_EQ(seen.other_identity, 0) << "it is no part of the identity, but changes it";
    EXPECT_TRUE(seen.values.empty());
    // What a file says of who asks is in the key, whatever its path is.
    if (role == Identity::of_request) {
        EXPECT_EQ(seen.another_key, seen.alone) << "another request has the same key";
    } else if (facts.form != FieldForm::path) {
        EXPECT_EQ(seen.another_key, 0) << "it is no part of the identity, but changes the key";
    }
}

TEST(LeaseKey, EveryFieldOfTheTablesIsAsItsRowSays) {
    for (const lease::ProviderKind& kind : lease::provider_kinds()) {
        EXPECT_FALSE(bases(kind.name).empty()) << "this test has no profiles of " << kind.name;
        for (const lease::FieldGroup& group : kind.groups())
            for (const FieldFacts& facts : group.fields)
                if (!facts.key.empty()) // else a flag for the value of another row
                    expect_decided(kind, group.section, facts);
    }
}

// A row that says nothing of the identity does not compile.
static_assert(!std::is_default_constructible_v<Identity>);

} // namespace
} // namespace leasehold::helper
