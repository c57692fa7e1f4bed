#include "tests/unit/lease/infisical/site.hpp"

namespace leasehold::lease::infisical {
namespace {

TEST(InfisicalSettings, HasDefaultsAndTidiesUp) {
    const auto settings = read_yaml(infisical_yaml());
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->site.text(), "https://site.example/api");
    EXPECT_EQ(site_text(*settings), "https://site.example");
    EXPECT_EQ(settings->path, "/k8s");
    EXPECT_EQ(settings->dynamic_secret, "deployer");
    EXPECT_EQ(settings->auth.method, AuthMethod::universal);
    EXPECT_TRUE(needs_kept_secret(settings->auth));
}

TEST(InfisicalSettings, ASiteIsTheSameWithAndWithoutApi) {
    for (const char* text : {"https://s", "https://s/", "https://s/api", "https://s/api/"})
        EXPECT_EQ(parse_site(text)->text(), "https://s/api") << text;
    EXPECT_EQ(parse_site("https://s/base")->text(), "https://s/base/api");
    EXPECT_TRUE(parse_site("http://127.0.0.1:8080"));
    EXPECT_TRUE(parse_site("http://localhost"));
    EXPECT_FALSE(parse_site("http://infisical.example"));
    EXPECT_FALSE(parse_site("http://127.0.0.1.example"));
}

TEST(InfisicalSettings, TellsWhatIsWrongAndWhere) {
    const std::pair<std::string, std::string> table[] = {
        {"project-slug: shop", "project-slug: \"a b\""},
        {"environment: prod", "environment: ../x"},
        {"path: /k8s/", "path: k8s"},
        {"dynamic-secret: Deployer", "dynamic-secret: \"\""},
        {"auth: {client-id: robot}", "auth: {method: magic}"},
        {"auth: {client-id: robot}", "auth: {}"},
        {"auth: {client-id: robot}", "auth: {method: ldap, username: x}"},
        {"auth: {client-id: robot}", "auth: {method: oidc, identity-id: x, jwt-file: a, "
                                     "jwt-variable: B}"},
        {"auth: {client-id: robot}", "auth: {client-id: robot, colour: red}"},
        {"auth: {client-id: robot}", "auth: {method: oci}"},
        {"auth: {client-id: robot}", "auth: {method: gcp-iam, identity-id: x}"},
        {"auth: {client-id: robot}", "auth: {method: alicloud, identity-id: x}"},
        {"auth: {client-id: robot}", "auth: {method: tls-cert, identity-id: x, "
                                     "client-certificate: /c}"},
        {"path: /k8s/", "namespace: a_b"},
        {"path: /k8s/", "route: other"}};
    for (const auto& [old, changed] : table) {
        const auto settings = read_yaml(replaced(infisical_yaml(), old, changed));
        ASSERT_FALSE(settings) << changed;
        EXPECT_EQ(settings.error().message.find("p.yaml:"), 0u) << settings.error().message;
        EXPECT_EQ(settings.error().code, ErrorCode::configuration);
    }
}

TEST(InfisicalSettings, KnowsTheMethodsByBothNames) {
    EXPECT_EQ(parse_auth_method("aws"), AuthMethod::aws);
    EXPECT_EQ(parse_auth_method_variable("aws-iam"), AuthMethod::aws);
    EXPECT_EQ(parse_auth_method_variable("gcp-id-token"), AuthMethod::gcp);
    EXPECT_EQ(parse_auth_method_variable("gcp-iam"), AuthMethod::gcp_iam);
    EXPECT_EQ(parse_auth_method_variable("tls-cert-auth"), AuthMethod::tls_cert);
    EXPECT_EQ(parse_auth_method("oci"), AuthMethod::oci);
    EXPECT_FALSE(parse_auth_method_variable(""));
    EXPECT_FALSE(parse_auth_method(""));
    EXPECT_EQ(to_text(AuthMethod::cli), "cli");
}

TEST(InfisicalSettings, AnotherLoginIsAnotherIdentity) {
    const auto one = *read_yaml(infisical_yaml());
    for (const auto& [old, changed] : {std::pair<std::string, std::string>{"robot", "other"},
                                       {"site.example", "eu.example"},
                                       {"path: /k8s/", "organization-slug: branch"}})
        EXPECT_NE(settings_identity(one, Identity::of_login),
                  settings_identity(*read_yaml(replaced(infisical_yaml(), old, changed)),
                                    Identity::of_login));
}

} // namespace
} // namespace leasehold::lease::infisical
