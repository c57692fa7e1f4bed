// The ways to log in: their names, and what is kept for them.
#include "src/lease/infisical/settings/settings.hpp"
#include "src/lease/settings/method_names.hpp"

#include <array>

namespace leasehold::lease::infisical {
namespace {

struct MethodName {
    std::string_view name;
    std::string_view variable; // in INFISICAL_AUTH_METHOD
};

constexpr std::array<MethodName, 15> methods{{{"universal", "universal-auth"},
                                              {"kubernetes", "kubernetes"},
                                              {"oidc", "oidc-auth"},
                                              {"jwt", "jwt-auth"},
                                              {"spiffe", "spiffe-auth"},
                                              {"token", "token-auth"},
                                              {"ldap", "ldap-auth"},
                                              {"aws", "aws-iam"},
                                              {"azure", "azure"},
                                              {"gcp", "gcp-id-token"},
                                              {"gcp-iam", "gcp-iam"},
                                              {"oci", "oci-auth"},
                                              {"alicloud", "alicloud-auth"},
                                              {"tls-cert", "tls-cert-auth"},
                                              {"cli", "user"}}};

} // namespace

std::string_view to_text(AuthMethod method) {
    return methods[static_cast<std::size_t>(method)].name;
}

std::optional<AuthMethod> parse_auth_method(std::string_view name) {
    return find_method<AuthMethod>(methods, name);
}

std::string auth_method_names() {
    return joined_names(methods);
}

std::optional<AuthMethod> parse_auth_method_variable(std::string_view name) {
    for (std::size_t i = 0; i < methods.size(); ++i)
        if (name == methods[i].variable || name == methods[i].name)
            return static_cast<AuthMethod>(i);
    return std::nullopt;
}

std::string_view kept_secret_name(AuthMethod method) {
    return method == AuthMethod::universal  ? "client secret"
           : method == AuthMethod::token    ? "access token"
           : method == AuthMethod::ldap     ? "password"
           : method == AuthMethod::alicloud ? "access key secret"
                                            : "";
}

std::string_view kept_secret_flag(AuthMethod method) {
    return method == AuthMethod::universal  ? "client-secret"
           : method == AuthMethod::token    ? "token"
           : method == AuthMethod::ldap     ? "password"
           : method == AuthMethod::alicloud ? "access-key-secret"
                                            : "";
}

bool needs_kept_secret(const AuthSettings& auth) {
    return (auth.method == AuthMethod::universal && auth.client_secret_file.empty()) ||
           (auth.method == AuthMethod::token && auth.token_file.empty()) ||
           (auth.method == AuthMethod::ldap && auth.password_file.empty()) ||
           (auth.method == AuthMethod::alicloud && auth.access_key_secret_file.empty());
}

} // namespace leasehold::lease::infisical
