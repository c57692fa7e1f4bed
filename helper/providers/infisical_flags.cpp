#include "helper/providers/infisical_flags.hpp"

#include "helper/terminal/text.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/infisical/settings/settings.hpp"

#include <cstdlib>

#include <unistd.h>

namespace leasehold::helper {
namespace {

using lease::infisical::AuthMethod;
using Names = std::initializer_list<const char*>;

class Section {
public:
    Section(const Process& process, const Options& options)
        : process_(process), options_(options) {}

    Result<std::string> write() {
        LEASEHOLD_TRY_ASSIGN(method_, find_method());
        line(2, "site", value("site", {"INFISICAL_DOMAIN", "INFISICAL_API_URL"}));
        line(2, "certificate-authority", path("site-certificate-authority"));
        line(2, "proxy-url", value("site-proxy-url", {}));
        LEASEHOLD_TRY(needed("project-slug", {}));
        LEASEHOLD_TRY(needed("environment", {"INFISICAL_ENVIRONMENT"}));
        line(2, "path", value("path", {"INFISICAL_SECRET_PATH"}));
        LEASEHOLD_TRY(needed("dynamic-secret", {}));
        line(2, "namespace", value("namespace", {}));
        line(2, "organization-slug",
             value("organization-slug", {"INFISICAL_AUTH_ORGANIZATION_SLUG"}));
        text_ += "  auth:\n";
        line(4, "method", std::string(lease::infisical::to_text(method_)));
        return write_auth();
    }

private:
    Result<AuthMethod> find_method() const {
        if (const auto name = options_.text("auth")) {
            const auto method = lease::infisical::parse_auth_method(*name);
            if (!method)
                return options_.usage_error("unknown --auth " + quoted(*name, 80),
                                            "ways to log in: " +
                                                lease::infisical::auth_method_names());
            return *method;
        }
        const std::string name = process_.environment.value("INFISICAL_AUTH_METHOD");
        const auto method = lease::infisical::parse_auth_method_variable(name);
        if (!name.empty() && !method)
            return make_error(ErrorCode::configuration,
                              "INFISICAL_AUTH_METHOD is no way to log in: " + quoted(name, 80),
                              "give --auth: " + lease::infisical::auth_method_names());
        return method.value_or(AuthMethod::universal);
    }

    Result<std::string> write_auth() {
        if (method_ == AuthMethod::universal)
            LEASEHOLD_TRY(needed("client-id", {"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID"}, 4));
        line(4, "client-secret-file", path("client-secret-file"));
        const bool has_identity = method_ != AuthMethod::universal &&
                                  method_ != AuthMethod::token && method_ != AuthMethod::cli;
        if (has_identity)
            LEASEHOLD_TRY(
                needed("identity-id", {"INFISICAL_MACHINE_IDENTITY_ID", own_identity()}, 4));
        std::string jwt_file = path("jwt-file");
        if (jwt_file.empty() && method_ == AuthMethod::kubernetes)
            jwt_file =
                process_.environment.value("INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH");
        line(4, "jwt-file", jwt_file);
        line(4, "jwt-variable", value("jwt-variable", {}));
        line(4, "audience", value("jwt-audience", {}));
        if (method_ == AuthMethod::ldap)
            LEASEHOLD_TRY(needed("username", {"INFISICAL_LDAP_USERNAME"}, 4));
        line(4, "password-file", path("password-file"));
        line(4, "token-file", path("access-token-file"));
        line(4, "region", value("aws-region", {}));
        if (options_.has("machine-credentials"))
            text_ += "    machine-credentials: true\n";
        line(4, "resource", value("azure-resource", {}));
        line(4, "metadata-endpoint", value("metadata-endpoint", {}));
        line(4, "email", value("email", {}));
        return "infisical:\n" + text_;
    }

    // The SDKs' variable for the identity of one method.
    [[nodiscard]] const char* own_identity() const {
        switch (method_) {
        case AuthMethod::kubernetes:
            return "INFISICAL_KUBERNETES_IDENTITY_ID";
        case AuthMethod::oidc:
            return "INFISICAL_OIDC_AUTH_IDENTITY_ID";
        case AuthMethod::aws:
            return "INFISICAL_AWS_IAM_AUTH_IDENTITY_ID";
        case AuthMethod::azure:
            return "INFISICAL_AZURE_AUTH_IDENTITY_ID";
        case AuthMethod::gcp:
            return "INFISICAL_GCP_AUTH_IDENTITY_ID";
        case AuthMethod::ldap:
            return "INFISICAL_LDAP_AUTH_IDENTITY_ID";
        case AuthMethod::universal:
        case AuthMethod::jwt:
        case AuthMethod::token:
        case AuthMethod::cli:
            break;
        }
        return "INFISICAL_JWT_AUTH_IDENTITY_ID";
    }

    [[nodiscard]] std::string value(const char* flag, Names variables) const {
        if (const auto given = options_.text(flag))
            return *given;
        for (const char* name : variables)
            if (std::string found = process_.environment.value(name); !found.empty())
                return found;
        return {};
    }

    Result<void> needed(const char* flag, Names variables, int indent = 2) {
        const std::string found = value(flag, variables);
        if (found.empty())
            return options_.usage_error(
                "--" + std::string(flag) + " is missing",
                variables.size() == 0 ? "" : "or set " + std::string(*variables.begin()));
        line(indent, flag, found);
        return {};
    }

    [[nodiscard]] std::string path(const char* flag) const {
        const auto given = options_.text(flag);
        if (!given)
            return {};
        std::string here = "/";
        if (char* directory = ::get_current_dir_name(); directory != nullptr) {
            here = directory;
            ::free(directory);
        }
        return resolve_path(*given, here, process_.directories.home);
    }

    void line(int indent, std::string_view key, const std::string& value) {
        if (!value.empty())
            text_ += std::string(static_cast<std::size_t>(indent), ' ') + std::string(key) + ": " +
                     yaml_scalar(value) + '\n';
    }

    const Process& process_;
    const Options& options_;
    AuthMethod method_ = AuthMethod::universal;
    std::string text_;
};

} // namespace

void add_infisical_flags(Options& options) {
    options.value("site", "infisical: the site (default https://app.infisical.com)")
        .value("site-certificate-authority", "infisical: PEM file of the site's CA")
        .value("site-proxy-url", "infisical: proxy on the way to the site")
        .value("project-slug", "infisical: the project, by its slug and not its id")
        .value("environment", "infisical: the environment's slug")
        .value("path", "infisical: the folder (default /)")
        .value("dynamic-secret", "infisical: the Kubernetes dynamic secret to lease")
        .value("organization-slug", "infisical: the sub-organisation to log in to")
        .value("auth", "infisical: how to log in: universal (the default), kubernetes, oidc, jwt, "
                       "token, ldap, aws, azure, gcp, cli")
        .value("client-id", "infisical, universal: the client id")
        .value("client-secret-file", "infisical, universal: file with the client secret (default: "
                                     "what 'leasehold login' keeps)")
        .value("identity-id", "infisical: the machine identity's id")
        .value("jwt-file", "infisical, kubernetes, oidc, jwt: file with the token")
        .value("jwt-variable", "infisical, oidc, jwt: environment variable with the token")
        .value("jwt-audience", "infisical, oidc on GitHub, gcp: audience of the token")
        .value("username", "infisical, ldap: the user's name")
        .value("password-file", "infisical, ldap: file with the password")
        .value("access-token-file", "infisical, token: file with the access token")
        .value("aws-region", "infisical, aws: region of STS (default AWS_REGION, else us-east-1)")
        .flag("machine-credentials", "infisical, aws: also use those of the container or instance")
        .value("azure-resource", "infisical, azure: resource of the token")
        .value("metadata-endpoint", "infisical, aws, azure, gcp: another metadata service")
        .value("email", "infisical, cli: whose login (default: who is logged in)");
}

Result<std::string> infisical_section(const Process& process, const Options& options) {
    return Section(process, options).write();
}

} // namespace leasehold::helper
