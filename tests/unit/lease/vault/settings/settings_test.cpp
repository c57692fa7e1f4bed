#include "tests/unit/lease/vault/server.hpp"

namespace leasehold::lease::vault {
namespace {

const std::string least = "address: https://vault.example:8200/\nrole: deployer\n";

std::string mistake(const std::string& yaml) {
    const auto settings = read_yaml(yaml);
    return settings ? "" : settings.error().message;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(VaultSettingsTest, TheLeastIsAddressAndRole) {
    const auto settings = read_yaml(least);
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->mount, "kubernetes");
    EXPECT_EQ(settings->auth.method, AuthMethod::token);
    EXPECT_EQ(settings->auth.mount, "token");
    EXPECT_EQ(creds_path(*settings), "kubernetes/creds/deployer");
    EXPECT_TRUE(has(mistake("role: x\n"), "\"vault.address\" is missing"));
    EXPECT_TRUE(has(mistake("address: https://x\n"), "\"vault.role\" is missing"));
}

TEST(VaultSettingsTest, NothingGoesOverPlainHttpButToThisMachine) {
    EXPECT_EQ(mistake("address: http://127.0.0.1:8200\nrole: x\n"), "");
    EXPECT_EQ(mistake("address: http://localhost:8200\nrole: x\n"), "");
    EXPECT_TRUE(has(mistake("address: http://vault.example\nrole: x\n"), "is not https://"));
    EXPECT_TRUE(has(mistake("address: http://127.0.0.1.example\nrole: x\n"), "is not https://"));
}

TEST(VaultSettingsTest, TheApisRootMayBePartOfTheAddress) {
    EXPECT_EQ(parse_address("https://x/vault/v1")->path, "/vault");
    EXPECT_EQ(parse_address("https://x/v1/")->path, "");
}

TEST(VaultSettingsTest, MountsMayHaveSlashesAndLeadNowhereElse) {
    const auto settings = read_yaml(least + "mount: /team/k8s/\nvault-namespace: a/b/\n");
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->mount, "team/k8s");
    EXPECT_EQ(settings->space, "a/b");
    EXPECT_EQ(settings->auth.space, "a/b");
    for (const std::string mount : {"a//b", "a/../b", "..", "/"})
        EXPECT_TRUE(has(mistake(least + "mount: " + mount + "\n"), "is no path")) << mount;
    EXPECT_TRUE(has(mistake("address: https://x\nrole: a/b\n"), "is no name of a role"));
}

TEST(VaultSettingsTest, TheLoginMayBeInAnotherNamespace) {
    const auto at = [](const std::string& auth) {
        return read_yaml(least + "vault-namespace: team\nauth: {" + auth + "}\n")->auth.space;
    };
    EXPECT_EQ(at("method: token"), "team");
    EXPECT_EQ(at("vault-namespace: other"), "other");
    EXPECT_EQ(at("vault-namespace: root"), "");
}

TEST(VaultSettingsTest, EachMethodNeedsItsOwn) {
    for (const auto& [auth, missing] : std::vector<std::pair<std::string, std::string>>{
             {"method: approle", "vault.auth.role-id"},
             {"method: userpass", "vault.auth.username"},
             {"method: ldap", "vault.auth.username"},
             {"method: kubernetes", "vault.auth.role"},
             {"method: aws", "vault.auth.role"},
             {"method: cert", "vault.client-certificate"}})
        EXPECT_TRUE(has(mistake(least + "auth: {" + auth + "}\n"), '"' + missing + "\" is missing"))
            << mistake(least + "auth: {" + auth + "}\n");
    EXPECT_TRUE(has(mistake(least + "auth: {method: github}\n"), "unknown way to log in"));
    EXPECT_TRUE(has(mistake(least + "auth: {callback-port: 80x}\n"), "is no port"));
}

TEST(VaultSettingsTest, ANamedAccountIsOneThatStays) {
    EXPECT_EQ(read_yaml(least + "service-account: deployer\n")->kind, RoleKind::static_);
    EXPECT_TRUE(has(mistake(least + "service-account: x\ncredential: dynamic\n"), "another name"));
}

TEST(VaultSettingsTest, TermsAreTheProfiles) {
    LeaseTerms terms;
    ASSERT_TRUE(read_yaml(least + "namespace: ci\naudiences: [a, b]\n", &terms));
    EXPECT_EQ(terms.default_namespace(), "ci");
    EXPECT_EQ(terms.audiences, (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(has(mistake(least + "namespace: CI\n"), "is no namespace name"));
    EXPECT_TRUE(has(mistake(least + "audiences: ['']\n"), "empty"));
}

} // namespace
} // namespace leasehold::lease::vault
