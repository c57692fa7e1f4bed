// The ways to log in: their names, and what `leasehold login` does for them.
#include "src/lease/settings/method_names.hpp"
#include "src/lease/vault/settings/settings.hpp"

#include <array>

namespace leasehold::lease::vault {
namespace {

struct Method {
    std::string_view name;
    std::string_view secret = {}; // that `login` takes
    std::string_view flag = {};
};

constexpr std::array<Method, 12> methods{{{"token", "token", "token"},
                                          {"cli"},
                                          {"approle", "secret id", "secret-id"},
                                          {"jwt"},
                                          {"kubernetes"},
                                          {"cert"},
                                          {"userpass", "password", "password"},
                                          {"ldap", "password", "password"},
                                          {"oidc"},
                                          {"aws"},
                                          {"gcp"},
                                          {"azure"}}};

const Method& row_of(AuthMethod method) {
    return methods[static_cast<std::size_t>(method)];
}

} // namespace

std::string_view to_text(AuthMethod method) {
    return row_of(method).name;
}

std::optional<AuthMethod> parse_auth_method(std::string_view name) {
    return find_method<AuthMethod>(methods, name);
}

std::string auth_method_names() {
    return joined_names(methods);
}

bool makes_own_token(AuthMethod method) {
    return method != AuthMethod::token && method != AuthMethod::cli;
}

bool is_password_method(AuthMethod method) {
    return method == AuthMethod::userpass || method == AuthMethod::ldap;
}

std::string_view login_secret_name(AuthMethod method) {
    return row_of(method).secret;
}

std::string_view login_secret_flag(AuthMethod method) {
    return row_of(method).flag;
}

bool needs_login(const AuthSettings& auth) {
    switch (auth.method) {
    case AuthMethod::token:
        return auth.token_file.empty();
    case AuthMethod::approle:
        return auth.secret_id_file.empty();
    case AuthMethod::userpass:
    case AuthMethod::ldap:
        return auth.password_file.empty();
    case AuthMethod::oidc:
        return true;
    case AuthMethod::cli:
    case AuthMethod::jwt:
    case AuthMethod::kubernetes:
    case AuthMethod::cert:
    case AuthMethod::aws:
    case AuthMethod::gcp:
    case AuthMethod::azure:
        break;
    }
    return false;
}

} // namespace leasehold::lease::vault
