#include "src/lease/kubeconfig_user/plugin_environment.hpp"

#include <algorithm>
#include <array>

namespace leasehold::lease {
namespace {

constexpr std::array<std::string_view, 43> names{"HOME",
                                                 "USER",
                                                 "LOGNAME",
                                                 "SHELL",
                                                 "PATH",
                                                 "PWD",
                                                 "TERM",
                                                 "COLORTERM",
                                                 "NO_COLOR",
                                                 "LANG",
                                                 "LANGUAGE",
                                                 "TZ",
                                                 "TMPDIR",
                                                 "HOSTNAME",
                                                 "DISPLAY",
                                                 "WAYLAND_DISPLAY",
                                                 "XAUTHORITY",
                                                 "BROWSER",
                                                 "SSH_AUTH_SOCK",
                                                 "GPG_TTY",
                                                 "GNUPGHOME",
                                                 "PASSWORD_STORE_DIR",
                                                 "DBUS_SESSION_BUS_ADDRESS",
                                                 "HTTP_PROXY",
                                                 "HTTPS_PROXY",
                                                 "ALL_PROXY",
                                                 "NO_PROXY",
                                                 "http_proxy",
                                                 "https_proxy",
                                                 "all_proxy",
                                                 "no_proxy",
                                                 "SSL_CERT_FILE",
                                                 "SSL_CERT_DIR",
                                                 "CURL_CA_BUNDLE",
                                                 "REQUESTS_CA_BUNDLE",
                                                 "NODE_EXTRA_CA_CERTS",
                                                 "KRB5CCNAME",
                                                 "KRB5_CONFIG",
                                                 "KUBECONFIG",
                                                 "KUBECACHEDIR",
                                                 "USE_GKE_GCLOUD_AUTH_PLUGIN",
                                                 "DIGITALOCEAN_ACCESS_TOKEN",
                                                 "LINODE_CLI_TOKEN"};

// Of the clouds' own tools, of desktops, and of ourselves, who may be the plugin.
constexpr std::array<std::string_view, 22> prefixes{
    "LC_",      "XDG_",      "LEASEHOLD_", "AWS_",      "AZURE_",    "ARM_",
    "AAD_",     "MSI_",      "IDENTITY_",  "GOOGLE_",   "CLOUDSDK_", "KUBERNETES_SERVICE_",
    "OCI_",     "ALIBABA_",  "ALICLOUD_",  "TELEPORT_", "OKTA_",     "IBMCLOUD_",
    "RANCHER_", "PINNIPED_", "GARDEN_",    "OS_"};

} // namespace

bool reaches_plugins(std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end() ||
           std::any_of(prefixes.begin(), prefixes.end(),
                       [&](std::string_view prefix) { return name.starts_with(prefix); });
}

Environment plugin_environment(const Environment& environment,
                               const std::vector<std::string>& more) {
    Environment::Variables kept;
    for (const auto& [name, value] : environment.all())
        if (reaches_plugins(name) || std::find(more.begin(), more.end(), name) != more.end())
            kept[name] = value;
    return Environment(std::move(kept));
}

const std::vector<std::string>& plugin_identity_variables() {
    static const std::vector<std::string> all{"AWS_PROFILE",
                                              "AWS_DEFAULT_PROFILE",
                                              "AWS_CONFIG_FILE",
                                              "AWS_SHARED_CREDENTIALS_FILE",
                                              "AWS_ACCESS_KEY_ID",
                                              "AWS_ROLE_ARN",
                                              "AWS_WEB_IDENTITY_TOKEN_FILE",
                                              "GOOGLE_APPLICATION_CREDENTIALS",
                                              "CLOUDSDK_CONFIG",
                                              "CLOUDSDK_ACTIVE_CONFIG_NAME",
                                              "CLOUDSDK_CORE_ACCOUNT",
                                              "AZURE_CONFIG_DIR",
                                              "AZURE_CLIENT_ID",
                                              "AZURE_TENANT_ID",
                                              "AAD_SERVICE_PRINCIPAL_CLIENT_ID",
                                              "TELEPORT_HOME"};
    return all;
}

} // namespace leasehold::lease
