#include "helper/providers/infisical/flags.hpp"

#include "helper/setting_flags/field_flags.hpp"
#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <array>

namespace leasehold::helper {
namespace {

using lease::FieldFacts;
using lease::infisical::AuthMethod;

Result<AuthMethod> find_method(const DraftingInput& input) {
    if (const auto name = input.options.text("auth")) {
        const auto method = lease::infisical::parse_auth_method(*name);
        if (!method)
            return input.options.usage_error("unknown --auth " + quoted(*name, 80),
                                             "ways to log in: " +
                                                 lease::infisical::auth_method_names());
        return *method;
    }
    const std::string name = input.process.environment.value("INFISICAL_AUTH_METHOD");
    const auto method = lease::infisical::parse_auth_method_variable(name);
    if (!name.empty() && !method)
        return make_error(ErrorCode::configuration,
                          "INFISICAL_AUTH_METHOD is no way to log in: " + quoted(name, 80),
                          "give --auth: " + lease::infisical::auth_method_names());
    return method.value_or(AuthMethod::universal);
}

// The SDKs' variable for the identity of one method.
const char* own_identity(AuthMethod method) {
    switch (method) {
    case AuthMethod::kubernetes:
        return "INFISICAL_KUBERNETES_IDENTITY_ID";
    case AuthMethod::oidc:
        return "INFISICAL_OIDC_AUTH_IDENTITY_ID";
    case AuthMethod::aws:
        return "INFISICAL_AWS_IAM_AUTH_IDENTITY_ID";
    case AuthMethod::azure:
        return "INFISICAL_AZURE_AUTH_IDENTITY_ID";
    case AuthMethod::gcp:
    case AuthMethod::gcp_iam:
        return "INFISICAL_GCP_AUTH_IDENTITY_ID";
    case AuthMethod::oci:
        return "INFISICAL_OCI_AUTH_IDENTITY_ID";
    case AuthMethod::ldap:
        return "INFISICAL_LDAP_AUTH_IDENTITY_ID";
    case AuthMethod::universal:
    case AuthMethod::jwt:
    case AuthMethod::spiffe:
    case AuthMethod::token:
    case AuthMethod::alicloud:
    case AuthMethod::tls_cert:
    case AuthMethod::cli:
        break;
    }
    return "INFISICAL_JWT_AUTH_IDENTITY_ID";
}

bool has_identity(AuthMethod method) {
    return method != AuthMethod::universal && method != AuthMethod::token &&
           method != AuthMethod::cli;
}

bool needs(AuthMethod method, std::string_view key) {
    return (key == "client-id" && method == AuthMethod::universal) ||
           (key == "username" && method == AuthMethod::ldap) ||
           (key == "service-account-key-file" && method == AuthMethod::gcp_iam) ||
           (key == "access-key-id" && method == AuthMethod::alicloud) ||
           ((key == "client-certificate" || key == "client-key") &&
            method == AuthMethod::tls_cert) ||
           (key == "identity-id" && has_identity(method));
}

bool uses(AuthMethod method, std::string_view key) {
    return needs(method, key) || (key.starts_with("oci-") && method == AuthMethod::oci);
}

FieldSource auth_source(const DraftingInput& input, AuthMethod method) {
    FieldSource source{input.process, input.options};
    source.fallbacks["method"] = lease::infisical::to_text(method);
    if (has_identity(method))
        source.fallbacks["identity-id"] = input.process.environment.value(own_identity(method));
    if (method == AuthMethod::kubernetes)
        source.fallbacks["jwt-file"] =
            input.process.environment.value("INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH");
    // A variable for one method says nothing about another.
    source.takes_variables = [method](const FieldFacts& facts) { return uses(method, facts.key); };
    return source;
}

Result<void> write_auth(const DraftingInput& input, const lease::FieldGroup& group,
                        YamlLines& yaml) {
    LEASEHOLD_TRY_ASSIGN(const AuthMethod method, find_method(input));
    yaml.section(2, "auth");
    const FieldSource source = auth_source(input, method);
    for (const FieldFacts& facts : group.fields)
        if (needs(method, facts.key) && field_value(source, facts).empty())
            return missing_field(input.options, facts);
    return write_fields(yaml, 4, group, source);
}

} // namespace

Result<std::string> infisical_section(const DraftingInput& input) {
    if (input.options.texts("namespace").size() > 1)
        return input.options.usage_error("--namespace is given twice",
                                         "a dynamic secret's lease has one");
    const std::vector<lease::FieldGroup> groups = lease::infisical::setting_groups();
    YamlLines yaml;
    yaml.section(0, "infisical");
    LEASEHOLD_TRY(write_fields(yaml, 2, groups.front(), {input.process, input.options}));
    yaml.value(2, "namespace", input.options.text("namespace").value_or(""));
    LEASEHOLD_TRY(write_auth(input, groups.back(), yaml));
    return yaml.take();
}

std::vector<lease::FieldGroup> infisical_place_groups() {
    constexpr std::array<std::string_view, 7> of_the_place{
        "site", "certificate-authority", "proxy-url", "project-slug", "environment",
        "path", "organization-slug"};
    std::vector<lease::FieldGroup> groups = lease::infisical::setting_groups();
    std::erase_if(groups.front().fields, [&](const FieldFacts& facts) {
        return std::find(of_the_place.begin(), of_the_place.end(), facts.key) == of_the_place.end();
    });
    return groups;
}

Result<std::string> infisical_place_section(const DraftingInput& input,
                                            const std::string& dynamic_secret) {
    const std::vector<lease::FieldGroup> groups = infisical_place_groups();
    LEASEHOLD_TRY(check_fields(input.options, groups));
    YamlLines yaml;
    yaml.section(0, "infisical");
    LEASEHOLD_TRY(write_fields(yaml, 2, groups.front(), {input.process, input.options}));
    yaml.value(2, "dynamic-secret", dynamic_secret);
    LEASEHOLD_TRY(write_auth(input, groups.back(), yaml));
    return yaml.take();
}

} // namespace leasehold::helper
