// Generated from the tables of settings: for each field that is part of the identity another value
// is another key, and for each other field it is the same one.
#include "helper/leasing/keys.hpp"

#include <gtest/gtest.h>

#include <map>

namespace leasehold::helper {
namespace {

using lease::FieldFacts;
using lease::FieldForm;

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
        const std::map<std::string, std::string> certificate = {{"client-certificate", "/c"},
                                                                {"client-key", "/k"}};
        auto gateway = certificate;
        gateway["gateway"] = "https://gateway.example";
        return {{{"kubernetes", account}, {"kubernetes.requester", {}}},
                {{"kubernetes", with_role}, {"kubernetes.requester", {}}},
                {{"kubernetes", with_rules}, {"kubernetes.requester", {}}},
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
        return {"[other]"};
    case FieldForm::url:
    case FieldForm::https_url:
    case FieldForm::proxy_url:
        return {"https://other.example"};
    case FieldForm::path:
        return {"/other"};
    case FieldForm::block:
        return {"[{apiGroups: [\"\"], resources: [pods], verbs: [list]}]"};
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
    return {"other", "stored", "/other", "other-{random}"};
}

// The key of a profile's lease. `asker`: with what its files say of who asks; a way to prove an
// identity is no part of it, but the file that it names may hold another one.
std::optional<std::string> key_of(std::string_view provider, const Sections& sections, bool asker) {
    const auto profile =
        lease::parse_profile(yaml_of(provider, sections), "prod", "/p/prod.yaml", "/h");
    if (!profile)
        return std::nullopt;
    const ManualClock clock;
    const Process process{{}, {}, {}, clock, "", ""};
    if (asker)
        return lease_key(process, *profile, default_request(*profile))->key.digest_hex();
    cache::CacheKey::Fields fields;
    for (const auto role : {lease::Identity::of_login, lease::Identity::of_lease})
        for (auto& field : profile->kind->identity(profile->settings, role))
            fields.push_back(std::move(field));
    return cache::CacheKey::of(fields).digest_hex();
}

// Whether some base profile takes another value for the key, and whether that changed the key.
void expect_decided(std::string_view provider, std::string_view section, const FieldFacts& facts) {
    const bool part = facts.identity.role() != lease::Identity::none;
    int taken = 0;
    int changed = 0;
    for (const Sections& base : bases(provider)) {
        const auto before = key_of(provider, base, part);
        ASSERT_TRUE(before) << yaml_of(provider, base);
        for (const std::string& value : other_values(facts)) {
            Sections other = base;
            std::string& place = other[std::string(section)][std::string(facts.key)];
            if (place == value)
                continue;
            place = value;
            const auto after = key_of(provider, other, part);
            taken += after ? 1 : 0;
            changed += after && *after != *before ? 1 : 0;
        }
    }
    const std::string name = std::string(section) + '.' + std::string(facts.key);
    EXPECT_GT(taken, 0) << "no base profile of this test takes " << name;
    if (!part)
        EXPECT_EQ(changed, 0) << name << " is not part of the identity, but changes the key";
    else
        EXPECT_GT(changed, 0) << name << " is part of the identity, but changes no key";
}

TEST(LeaseKey, EveryFieldOfTheTablesIsAsItsRowSays) {
    for (const lease::ProviderKind& kind : lease::provider_kinds())
        for (const lease::FieldGroup& group : kind.groups())
            for (const FieldFacts& facts : group.fields)
                // What the request and the terms carry is in the key by way of them, and the kind
                // of credential, of JWT and the kept token never change alone.
                if (facts.key != "oidc" && facts.key != "audiences" && facts.key != "issuer" &&
                    facts.key != "token" && facts.key != "credential")
                    expect_decided(kind.name, group.section, facts);
}

TEST(LeaseKey, TellsTheKindsOfCredentialApart) {
    const auto kind_of = [](const Sections& sections) {
        const auto profile =
            lease::parse_profile(yaml_of("kubernetes", sections), "prod", "/p/prod.yaml", "/h");
        return profile->kind->identity(profile->settings, lease::Identity::of_lease).front();
    };
    const auto all = bases("kubernetes");
    EXPECT_EQ(kind_of(all[0]),
              (std::pair<std::string, std::string>{"kubernetes.credential", "static"}));
    EXPECT_EQ(kind_of(all[1]).second, "dynamic");
}

} // namespace
} // namespace leasehold::helper
