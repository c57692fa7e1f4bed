#include "src/lease/kubernetes/api/requester.hpp"

#include "src/base/digest.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/base/secret_file.hpp"
#include "src/http/certificate_names.hpp"
#include "src/http/proxy_environment.hpp"
#include "src/lease/identity/client_certificate.hpp"
#include "src/lease/identity/jwt_source.hpp"
#include "src/lease/kubeconfig_user/context.hpp"
#include "src/lease/kubeconfig_user/plugin.hpp"
#include "src/lease/kubeconfig_user/plugin_environment.hpp"

#include <algorithm>

namespace leasehold::lease {
namespace {

Error refuse(std::string message, std::string hint = {}) {
    return make_error(ErrorCode::configuration, std::move(message), std::move(hint));
}

// What the kubelet writes and client-go reads without a look at its owner and mode.
constexpr FileRules public_file = {.limit = 1 << 20};

Result<Secret> check_token(Secret token, const std::string& where) {
    if (!is_header_value(token.reveal()))
        return refuse(where + " holds no bearer token",
                      "it must be one line of text without control characters");
    return token;
}

// The same cluster, or the admin's credential would go to, and the token come from, another one.
Result<void> check_same_server(const KubernetesProfile& profile, const KubeconfigContext& context) {
    LEASEHOLD_TRY_ASSIGN(const Url url,
                         parse_https_url(context.cluster.server, "the context's server"));
    if (url.origin() != profile.cluster.server.origin() || url.path != profile.cluster.server.path)
        return refuse(
            "context " + quoted(context.name) + " is now for " + url.text() + ", but profile " +
                quoted(profile.name) + " is for " + profile.cluster.server.text(),
            "if the cluster has moved, change cluster.server: leasehold profile edit " +
                profile.name + "\nthen renew the kubeconfig entry: leasehold kubeconfig add " +
                profile.name);
    // That the context may skip verification does not matter: the profile's own CA is used.
    return {};
}

// As client-go writes a key into a header's name: what cannot stand there, and '%', as %XX.
std::string header_part(std::string_view key) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string part;
    for (const char c : key) {
        if (c != '%' && http::is_header_name({&c, 1})) {
            part += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        part += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
    return part;
}

void add_impersonation(const KubeconfigUser& user, Requester& requester) {
    if (user.impersonate_user.empty())
        return;
    // https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
    requester.headers.push_back({"Impersonate-User", user.impersonate_user});
    if (!user.impersonate_uid.empty())
        requester.headers.push_back({"Impersonate-Uid", user.impersonate_uid});
    for (const std::string& group : user.impersonate_groups)
        requester.headers.push_back({"Impersonate-Group", group});
    for (const auto& [name, value] : user.impersonate_extra)
        requester.headers.push_back({"Impersonate-Extra-" + header_part(name), value});
    // Go's order, so that what stands in between sees what it sees of kubectl.
    std::stable_sort(requester.headers.begin(), requester.headers.end(),
                     [](const auto& a, const auto& b) { return a.name < b.name; });
}

// For messages: the server refuses one that has ended without a word on why.
void note_certificate(const http::ClientCertificate& pair, std::string name, Requester& requester) {
    requester.certificate_name = std::move(name);
    requester.certificate_end = http::certificate_end(pair.certificate_pem);
}

Result<void> add_user_certificate(KubeconfigUser& user, Requester& requester) {
    if (user.certificate_pem.empty() && user.certificate_file.empty())
        return {};
    http::ClientCertificate pair;
    pair.certificate_pem = user.certificate_pem;
    if (pair.certificate_pem.empty()) {
        LEASEHOLD_TRY_ASSIGN(pair.certificate_pem,
                             read_file(user.certificate_file, public_file, "client certificate"));
    }
    pair.key_pem = std::move(user.key_pem);
    if (pair.key_pem.empty()) {
        if (user.key_file.empty())
            return refuse("the context's user has a client certificate but no key");
        LEASEHOLD_TRY_ASSIGN(pair.key_pem, read_secret_file(user.key_file, "client key"));
    }
    note_certificate(
        pair, user.certificate_file.empty() ? requester.description : quoted(user.certificate_file),
        requester);
    requester.server.certificate = std::move(pair);
    return {};
}

// Which program a bare name meant when the profile was made, whatever PATH says now.
Result<void> pin_command(const KubernetesProfile& profile, ExecPlugin& plugin) {
    const std::string& pinned = profile.settings.requester.command;
    if (pinned.empty() || plugin.command == pinned)
        return {};
    if (plugin.command != pinned.substr(pinned.rfind('/') + 1))
        return refuse("the plugin of the requester's context is now " + quoted(plugin.command) +
                          ", and profile " + quoted(profile.name) + " was made for " +
                          quoted(pinned),
                      "if that is right, change kubernetes.requester.command in " + profile.path);
    plugin.command = pinned;
    return {};
}

Result<void> add_kubeconfig_user(const KubernetesProfile& profile,
                                 const RequesterEnvironment& outside, Deadline deadline,
                                 Requester& requester) {
    const RequesterSettings& settings = profile.settings.requester;
    LEASEHOLD_TRY_ASSIGN(KubeconfigContext context,
                         read_kubeconfig_context(settings.kubeconfig, settings.context));
    if (context.no_user)
        return *std::move(context.no_user);
    LEASEHOLD_TRY(check_same_server(profile, context));
    requester.description =
        "context " + quoted(context.name) + " of " + quoted(settings.kubeconfig);
    KubeconfigUser& user = context.user;
    if (user.unsupported)
        return refuse(requester.description + " uses auth-provider or basic authentication",
                      "use a token, a client certificate or an exec plugin");
    add_impersonation(user, requester);
    LEASEHOLD_TRY(add_user_certificate(user, requester));
    // client-go's order: tokenFile is preferred over token, and both over exec.
    if (!user.token_file.empty()) {
        LEASEHOLD_TRY_ASSIGN(requester.bearer,
                             read_token_file(user.token_file, "tokenFile", {.limit = 64 * 1024}));
    } else if (!user.token.empty()) {
        requester.bearer = std::move(user.token);
    } else if (user.exec) {
        LEASEHOLD_TRY(pin_command(profile, *user.exec));
        const Environment theirs =
            plugin_environment(outside.environment, outside.plugin_variables);
        const Fd given = outside.descriptor_for ? outside.descriptor_for(user.exec->command) : Fd();
        LEASEHOLD_TRY_ASSIGN(
            PluginCredential credential,
            run_exec_plugin(*user.exec, context, profile.name, theirs, deadline, given.get()));
        requester.of_plugin = true;
        requester.bearer = std::move(credential.token);
        if (credential.certificate)
            requester.server.certificate = std::move(credential.certificate);
    }
    if (requester.bearer.empty() && !requester.server.certificate)
        return refuse(requester.description + " has a user without any credential",
                      "log in with the tool that made it, then try again");
    return {};
}

Result<void> add_stored_token(const KubernetesProfile& profile, const RequesterEnvironment& outside,
                              Requester& requester) {
    LEASEHOLD_TRY_ASSIGN(auto token, outside.stored_token());
    if (!token)
        return of_this_machine(
            make_error(ErrorCode::denied,
                       "no token is kept for the requester of profile " + quoted(profile.name),
                       "run: leasehold login --profile " + profile.name));
    requester.description = "the token kept by 'leasehold login'";
    requester.bearer = *std::move(token);
    return {};
}

// https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
Result<void> add_in_cluster(const RequesterEnvironment& outside, Requester& requester) {
    const std::string host = outside.environment.value("KUBERNETES_SERVICE_HOST");
    const std::string port = outside.environment.value("KUBERNETES_SERVICE_PORT");
    if (host.empty() || port.empty())
        return refuse("this is no pod: KUBERNETES_SERVICE_HOST and _PORT are not set",
                      "requester in-cluster works inside a cluster only");
    const bool ipv6 = host.find(':') != std::string::npos;
    const std::string url = "https://" + (ipv6 ? '[' + host + ']' : host) + ':' + port;
    LEASEHOLD_TRY_ASSIGN(requester.server.url, parse_https_url(url, "the pod's API server"));
    const std::string& directory = outside.service_account_directory;
    LEASEHOLD_TRY_ASSIGN(requester.server.trust.ca_pem,
                         read_file(directory + "/ca.crt", public_file, "the pod's cluster CA"));
    requester.server.trust.ca_name = directory + "/ca.crt";
    requester.server.trust.server_name.clear();
    LEASEHOLD_TRY_ASSIGN(requester.server.proxy,
                         http::proxy_from_environment(requester.server.url, outside.environment));
    LEASEHOLD_TRY_ASSIGN(requester.bearer,
                         read_token_file(directory + "/token", "the pod's token", public_file));
    requester.description = "the pod's own service account";
    return {};
}

// The request goes to the gateway, which adds an identity of its own: no token from here, and
// nothing of the cluster's TLS settings or proxy, which are for another server.
Result<void> add_gateway(const RequesterSettings& settings, const RequesterEnvironment& outside,
                         Requester& requester) {
    requester.description = "gateway " + quoted(settings.gateway.text());
    ClusterSettings gateway;
    gateway.server = settings.gateway;
    gateway.ca_file = settings.gateway_ca;
    LEASEHOLD_TRY_ASSIGN(requester.server, cluster_server(gateway, outside.environment));
    if (requester.server.trust.ca_name.empty())
        requester.server.trust.ca_name = "the system's CA directory, or be named in the profile "
                                         "(kubernetes.requester.certificate-authority)";
    LEASEHOLD_TRY_ASSIGN(
        requester.server.certificate,
        identity::read_client_certificate({settings.client_certificate, settings.client_key}));
    return {};
}

// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#openid-connect-tokens
Result<void> add_oidc(const RequesterSettings& settings, const RequesterEnvironment& outside,
                      Deadline deadline, Requester& requester) {
    requester.of_platform = true;
    if (settings.oidc == "github") {
        requester.description = "the JWT that GitHub makes for " + quoted(settings.oidc_audience);
        if (!outside.github_jwt)
            return refuse("this is no job of GitHub Actions that may ask for a JWT",
                          "give the job the permission 'id-token: write'");
        LEASEHOLD_TRY_ASSIGN(requester.bearer,
                             outside.github_jwt(settings.oidc_audience, deadline));
        return {};
    }
    requester.description = settings.oidc == "file"
                                ? "the JWT in " + quoted(settings.oidc_file)
                                : "the JWT in the variable " + quoted(settings.oidc_variable);
    LEASEHOLD_TRY_ASSIGN(
        auto jwt,
        identity::find_jwt({settings.oidc_file, settings.oidc_variable, {}}, outside.environment));
    requester.bearer = std::move(*jwt);
    return {};
}

Result<void> add_identity(const KubernetesProfile& profile, const RequesterEnvironment& outside,
                          Deadline deadline, Requester& requester) {
    const RequesterSettings& settings = profile.settings.requester;
    switch (settings.kind) {
    case RequesterSettings::Kind::kubeconfig:
        return add_kubeconfig_user(profile, outside, deadline, requester);
    case RequesterSettings::Kind::stored_token:
        return add_stored_token(profile, outside, requester);
    case RequesterSettings::Kind::in_cluster:
        return add_in_cluster(outside, requester);
    case RequesterSettings::Kind::token_file: {
        requester.description = "token file " + quoted(settings.token_file);
        LEASEHOLD_TRY_ASSIGN(requester.bearer, read_token_file(settings.token_file, "token file"));
        return {};
    }
    case RequesterSettings::Kind::oidc:
        return add_oidc(settings, outside, deadline, requester);
    case RequesterSettings::Kind::gateway:
        return add_gateway(settings, outside, requester);
    case RequesterSettings::Kind::client_certificate: {
        requester.description = "client certificate " + quoted(settings.client_certificate);
        LEASEHOLD_TRY_ASSIGN(
            requester.server.certificate,
            identity::read_client_certificate({settings.client_certificate, settings.client_key}));
        note_certificate(*requester.server.certificate, quoted(settings.client_certificate),
                         requester);
        return {};
    }
    }
    return refuse("the requester's kind is unknown");
}

} // namespace

std::string credential_digest(const Requester& requester) {
    const auto& pair = requester.server.certificate;
    return sha256_hex(requester.bearer.reveal()) + sha256_hex(pair ? pair->certificate_pem : "") +
           sha256_hex(pair ? pair->key_pem.reveal() : "");
}

Result<http::Server> cluster_server(const ClusterSettings& cluster,
                                    const Environment& environment) {
    http::Server server;
    server.url = cluster.server;
    LEASEHOLD_TRY_ASSIGN(server.trust.ca_pem, load_cluster_ca(cluster));
    server.trust.ca_name = !cluster.ca_file.empty()  ? cluster.ca_file
                           : !cluster.ca_pem.empty() ? "the profile's certificate-authority-data"
                                                     : "";
    server.trust.server_name = cluster.tls_server_name;
    server.trust.system_file = environment.value("SSL_CERT_FILE");
    server.trust.system_directory = environment.value("SSL_CERT_DIR");
    server.proxy = cluster.proxy;
    if (!server.proxy) {
        LEASEHOLD_TRY_ASSIGN(server.proxy, http::proxy_from_environment(server.url, environment));
    }
    return server;
}

Result<Requester> open_requester(const KubernetesProfile& profile,
                                 const RequesterEnvironment& outside, Deadline deadline) {
    Requester requester;
    LEASEHOLD_TRY_ASSIGN(requester.server, cluster_server(profile.cluster, outside.environment));
    LEASEHOLD_TRY(add_identity(profile, outside, deadline, requester));
    if (!requester.bearer.empty()) {
        LEASEHOLD_TRY_ASSIGN(requester.bearer,
                             check_token(std::move(requester.bearer), requester.description));
    }
    return requester;
}

} // namespace leasehold::lease
