#include "src/lease/infisical/settings/settings.hpp"

#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

namespace leasehold::lease::infisical {
namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

struct MethodName {
    std::string_view name;
    std::string_view variable;          // in INFISICAL_AUTH_METHOD
    std::string_view second_variable{}; // another spelling of it
};

constexpr std::array<MethodName, 10> methods{{{"universal", "universal-auth"},
                                              {"kubernetes", "kubernetes"},
                                              {"oidc", "oidc-auth"},
                                              {"jwt", "jwt-auth"},
                                              {"token", "token-auth"},
                                              {"ldap", "ldap-auth"},
                                              {"aws", "aws-iam"},
                                              {"azure", "azure"},
                                              {"gcp", "gcp-id-token", "gcp-iam"},
                                              {"cli", "user"}}};

std::string lower(std::string text) {
    for (char& c : text)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

// [A-Za-z0-9_-]+, which also keeps it from leaving its place in a URL.
bool is_slug(std::string_view text) {
    return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

class SettingsReading {
public:
    SettingsReading(const std::string& directory, std::string_view home)
        : directory_(directory), home_(home) {}

    InfisicalSettings read(SettingsSection& section) {
        read_site(section);
        settings_.project_slug = slug(section, "project-slug", true);
        settings_.environment = slug(section, "environment", true);
        read_folder(section);
        settings_.dynamic_secret = lower(slug(section, "dynamic-secret", true));
        settings_.namespace_ = section.text("namespace").value_or("");
        if (!settings_.namespace_.empty() && !is_dns_label(settings_.namespace_))
            section.fail("namespace", "\"infisical.namespace\" is no namespace name: " +
                                          quoted(settings_.namespace_));
        settings_.organization_slug = slug(section, "organization-slug", false);
        const std::string route = section.text("route").value_or("generic");
        if (route != "generic" && route != "kubernetes")
            section.fail("route", "\"infisical.route\" must be generic or kubernetes");
        settings_.kubernetes_route = route == "kubernetes";
        read_auth(section.section("auth"));
        section.finish();
        return std::move(settings_);
    }

private:
    void read_site(SettingsSection& section) {
        const std::string text = section.text("site").value_or(std::string(default_site));
        if (auto site = parse_site(text))
            settings_.site = *std::move(site);
        else
            section.fail("site", site.error().message, site.error().hint);
        settings_.ca_file = path(section, "certificate-authority");
        if (const auto text_of_proxy = section.text("proxy-url")) {
            auto proxy = parse_url(*text_of_proxy, {"http", "https", "socks5", "socks5h"},
                                   "infisical.proxy-url");
            if (proxy)
                settings_.proxy = *std::move(proxy);
            else
                section.fail("proxy-url", proxy.error().message, proxy.error().hint);
        }
    }

    void read_folder(SettingsSection& section) {
        std::string folder = section.text("path").value_or("/");
        if (!folder.starts_with('/'))
            section.fail("path", "\"infisical.path\" must begin with /: " + quoted(folder));
        while (folder.size() > 1 && folder.ends_with('/'))
            folder.pop_back();
        settings_.path = std::move(folder);
    }

    void read_auth(SettingsSection section) {
        AuthSettings& auth = settings_.auth;
        const std::string name = section.text("method").value_or("universal");
        if (const auto method = parse_auth_method(name))
            auth.method = *method;
        else
            section.fail("method", "unknown way to log in to Infisical: " + quoted(name),
                         "ways: " + auth_method_names());
        auth.client_id = plain(section, "client-id");
        auth.client_secret_file = path(section, "client-secret-file");
        auth.identity_id = plain(section, "identity-id");
        auth.jwt_file = path(section, "jwt-file");
        auth.jwt_variable = plain(section, "jwt-variable");
        auth.audience = plain(section, "audience");
        auth.username = plain(section, "username");
        auth.password_file = path(section, "password-file");
        auth.token_file = path(section, "token-file");
        auth.region = slug(section, "region", false);
        auth.machine_credentials = section.boolean("machine-credentials").value_or(false);
        auth.resource = plain(section, "resource");
        auth.email = plain(section, "email");
        read_metadata_endpoint(section);
        check_auth(section);
        section.finish();
    }

    void read_metadata_endpoint(SettingsSection& section) {
        const auto text = section.text("metadata-endpoint");
        if (!text)
            return;
        auto url = parse_url(*text, {"http", "https"}, "infisical.auth.metadata-endpoint");
        if (url)
            settings_.auth.metadata_endpoint = *std::move(url);
        else
            section.fail("metadata-endpoint", url.error().message, url.error().hint);
    }

    void check_auth(SettingsSection& section) {
        const AuthSettings& auth = settings_.auth;
        const auto need = [&](std::string_view key, const std::string& value,
                              std::string_view hint) {
            if (value.empty())
                section.fail(key,
                             quoted("infisical.auth." + std::string(key)) + " is missing, which " +
                                 std::string(to_text(auth.method)) + " needs",
                             std::string(hint));
        };
        switch (auth.method) {
        case AuthMethod::universal:
            need("client-id", auth.client_id,
                 "it stands in Infisical under Machine identities, Universal Auth");
            break;
        case AuthMethod::ldap:
            need("username", auth.username, "");
            [[fallthrough]];
        case AuthMethod::kubernetes:
        case AuthMethod::oidc:
        case AuthMethod::jwt:
        case AuthMethod::aws:
        case AuthMethod::azure:
        case AuthMethod::gcp:
            need("identity-id", auth.identity_id,
                 "it stands in Infisical under Machine identities, Details");
            break;
        case AuthMethod::token:
        case AuthMethod::cli:
            break;
        }
        if (!auth.jwt_file.empty() && !auth.jwt_variable.empty())
            section.fail("jwt-variable", "both jwt-file and jwt-variable are given");
    }

    std::string slug(SettingsSection& section, std::string_view key, bool needed) {
        const std::string text = section.text(key).value_or("");
        if (text.empty() && needed)
            section.fail(key, quoted("infisical." + std::string(key)) + " is missing",
                         key == "project-slug"
                             ? "it is the slug and not the id: see the project's settings"
                             : "");
        else if (!text.empty() && !is_slug(text))
            section.fail(key, quoted(std::string(key)) + " may only hold letters, digits, - and _");
        return text;
    }

    std::string plain(SettingsSection& section, std::string_view key) {
        const auto text = section.text(key);
        if (text && text->empty())
            section.fail(key, quoted(std::string(key)) + " is empty");
        return text.value_or("");
    }

    std::string path(SettingsSection& section, std::string_view key) {
        const std::string text = plain(section, key);
        return text.empty() ? text : resolve_path(text, directory_, home_);
    }

    const std::string& directory_;
    std::string_view home_;
    InfisicalSettings settings_;
};

} // namespace

std::string_view to_text(AuthMethod method) {
    return methods[static_cast<std::size_t>(method)].name;
}

std::optional<AuthMethod> parse_auth_method(std::string_view name) {
    for (std::size_t i = 0; i < methods.size(); ++i)
        if (methods[i].name == name)
            return static_cast<AuthMethod>(i);
    return std::nullopt;
}

std::string auth_method_names() {
    std::string names;
    for (const MethodName& method : methods)
        names += (names.empty() ? "" : ", ") + std::string(method.name);
    return names;
}

std::optional<AuthMethod> parse_auth_method_variable(std::string_view name) {
    for (std::size_t i = 0; i < methods.size(); ++i)
        if (name == methods[i].variable || name == methods[i].name ||
            (!methods[i].second_variable.empty() && name == methods[i].second_variable))
            return static_cast<AuthMethod>(i);
    return std::nullopt;
}

InfisicalSettings read_settings(SettingsSection section, const std::string& directory,
                                std::string_view home) {
    return SettingsReading(directory, home).read(section);
}

namespace {

// By an address or the reserved name (RFC 6761); 127.0.0.1.example is anybody's.
bool is_this_machine(const std::string& host) {
    in_addr address{};
    const bool ipv4 = ::inet_pton(AF_INET, host.c_str(), &address) == 1;
    return host == "localhost" || host == "::1" || (ipv4 && (ntohl(address.s_addr) >> 24U) == 127);
}

} // namespace

Result<Url> parse_site(std::string_view text) {
    LEASEHOLD_TRY_ASSIGN(Url site, parse_url(text, {"https", "http"}, "the Infisical site"));
    if (site.scheme == "http" && !is_this_machine(site.host))
        return make_error(ErrorCode::configuration,
                          "the Infisical site " + quoted(text) + " is not https://",
                          "no credential is sent over plain HTTP, except to this machine itself");
    if (site.path != "/api" && !site.path.ends_with("/api"))
        site.path += "/api";
    return site;
}

std::string site_text(const InfisicalSettings& settings) {
    std::string text = settings.site.text();
    if (text.ends_with("/api"))
        text.resize(text.size() - 4);
    return text;
}

bool needs_kept_secret(const AuthSettings& auth) {
    return (auth.method == AuthMethod::universal && auth.client_secret_file.empty()) ||
           (auth.method == AuthMethod::token && auth.token_file.empty()) ||
           (auth.method == AuthMethod::ldap && auth.password_file.empty());
}

Values login_identity(const InfisicalSettings& settings) {
    const AuthSettings& auth = settings.auth;
    return {{"site", settings.site.origin() + settings.site.path},
            {"site-ca", settings.ca_file},
            {"organization", settings.organization_slug},
            {"method", std::string(to_text(auth.method))},
            {"client-id", auth.client_id},
            {"identity-id", auth.identity_id},
            {"username", auth.username},
            {"email", auth.email},
            {"jwt-file", auth.jwt_file},
            {"jwt-variable", auth.jwt_variable},
            {"token-file", auth.token_file}};
}

Values secret_identity(const InfisicalSettings& settings) {
    return {{"project", settings.project_slug},
            {"environment", settings.environment},
            {"path", settings.path},
            {"dynamic-secret", settings.dynamic_secret}};
}

Values shown_values(const InfisicalSettings& settings) {
    const AuthSettings& auth = settings.auth;
    Values values = {{"infisical.site", site_text(settings)},
                     {"infisical.certificate-authority",
                      settings.ca_file.empty() ? "(the system's)" : settings.ca_file},
                     {"infisical.proxy-url", settings.proxy ? settings.proxy->text() : ""},
                     {"infisical.project-slug", settings.project_slug},
                     {"infisical.environment", settings.environment},
                     {"infisical.path", settings.path},
                     {"infisical.dynamic-secret", settings.dynamic_secret},
                     {"infisical.namespace", settings.namespace_},
                     {"infisical.organization-slug", settings.organization_slug},
                     {"infisical.route", settings.kubernetes_route ? "kubernetes" : "generic"},
                     {"infisical.auth.method", std::string(to_text(auth.method))}};
    const auto add = [&](const char* key, const std::string& value) {
        if (!value.empty())
            values.emplace_back("infisical.auth." + std::string(key), value);
    };
    add("client-id", auth.client_id);
    add("client-secret-file", auth.client_secret_file);
    add("identity-id", auth.identity_id);
    add("jwt-file", auth.jwt_file);
    add("jwt-variable", auth.jwt_variable);
    add("audience", auth.audience);
    add("username", auth.username);
    add("password-file", auth.password_file);
    add("token-file", auth.token_file);
    add("region", auth.region);
    add("machine-credentials", auth.machine_credentials ? "true" : "");
    add("resource", auth.resource);
    add("metadata-endpoint", auth.metadata_endpoint ? auth.metadata_endpoint->text() : "");
    add("email", auth.email);
    return values;
}

} // namespace leasehold::lease::infisical
