#include "src/lease/exec/settings/known_plugins.hpp"

#include "src/base/files.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace leasehold::lease::exec {
namespace {

// Lies where `variable` says: the file itself, or a directory with `below` in it; else below the
// home.
struct KnownFile {
    std::string_view variable;
    std::string_view usual; // below the home
    std::string_view below = {};
};

struct KnownPlugin {
    std::string_view name;
    std::string_view command;  // its base name
    std::string_view argument; // that one begins with, where the name alone is another's, too
    std::span<const std::string_view> variables;
    std::span<const KnownFile> files;
    bool gcloud = false; // has active configurations
};

// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html and
// https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
constexpr std::array<std::string_view, 16> aws_variables{"AWS_PROFILE",
                                                         "AWS_DEFAULT_PROFILE",
                                                         "AWS_REGION",
                                                         "AWS_DEFAULT_REGION",
                                                         "AWS_CONFIG_FILE",
                                                         "AWS_SHARED_CREDENTIALS_FILE",
                                                         "AWS_ACCESS_KEY_ID",
                                                         "AWS_ROLE_ARN",
                                                         "AWS_ROLE_SESSION_NAME",
                                                         "AWS_WEB_IDENTITY_TOKEN_FILE",
                                                         "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                                         "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                                                         "AWS_ENDPOINT_URL",
                                                         "AWS_ENDPOINT_URL_STS",
                                                         "AWS_STS_REGIONAL_ENDPOINTS",
                                                         "AWS_USE_FIPS_ENDPOINT"};
constexpr std::array<KnownFile, 2> aws_files{
    {{"AWS_CONFIG_FILE", ".aws/config"}, {"AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"}}};

// https://cloud.google.com/sdk/docs/properties
constexpr std::array<std::string_view, 9> gcloud_variables{
    "CLOUDSDK_CONFIG",
    "CLOUDSDK_ACTIVE_CONFIG_NAME",
    "CLOUDSDK_CORE_ACCOUNT",
    "CLOUDSDK_CORE_PROJECT",
    "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE",
    "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
    "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "USE_APPLICATION_DEFAULT_CREDENTIALS"};
constexpr std::array<KnownFile, 2> gcloud_files{
    {{"CLOUDSDK_CONFIG", ".config/gcloud", "/active_config"},
     {"GOOGLE_APPLICATION_CREDENTIALS", ".config/gcloud/application_default_credentials.json"}}};

// https://azure.github.io/kubelogin/concepts/login-modes.html
constexpr std::array<std::string_view, 15> azure_variables{
    "AAD_LOGIN_METHOD",
    "AAD_SERVICE_PRINCIPAL_CLIENT_ID",
    "AAD_SERVICE_PRINCIPAL_CLIENT_SECRET",
    "AAD_SERVICE_PRINCIPAL_CLIENT_CERTIFICATE",
    "AAD_USER_PRINCIPAL_NAME",
    "AZURE_CLIENT_ID",
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_USERNAME",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_AUTHORITY_HOST",
    "AZURE_CONFIG_DIR",
    "KUBECACHEDIR",
    "IDENTITY_ENDPOINT"};
constexpr std::array<KnownFile, 1> azure_files{
    {{"AZURE_CONFIG_DIR", ".azure", "/azureProfile.json"}}};

// https://github.com/int128/kubelogin: everything is in its arguments, but for where it keeps what
// it was given.
constexpr std::array<std::string_view, 1> oidc_variables{"KUBECACHEDIR"};

// https://goteleport.com/docs/reference/cli/tsh/
constexpr std::array<std::string_view, 4> tsh_variables{"TELEPORT_HOME", "TELEPORT_PROXY",
                                                        "TELEPORT_USER", "TELEPORT_CLUSTER"};
constexpr std::array<KnownFile, 1> tsh_files{{{"TELEPORT_HOME", ".tsh", "/current-profile"}}};

// https://docs.digitalocean.com/reference/doctl/
constexpr std::array<std::string_view, 3> doctl_variables{
    "DIGITALOCEAN_ACCESS_TOKEN", "DIGITALOCEAN_CONTEXT", "XDG_CONFIG_HOME"};
constexpr std::array<KnownFile, 1> doctl_files{
    {{"XDG_CONFIG_HOME", ".config", "/doctl/config.yaml"}}};

// https://docs.oracle.com/iaas/Content/API/SDKDocs/clienvironmentvariables.htm
constexpr std::array<std::string_view, 6> oci_variables{"OCI_CLI_PROFILE", "OCI_CLI_CONFIG_FILE",
                                                        "OCI_CLI_AUTH",    "OCI_CLI_REGION",
                                                        "OCI_CLI_USER",    "OCI_CLI_TENANCY"};
constexpr std::array<KnownFile, 1> oci_files{{{"OCI_CLI_CONFIG_FILE", ".oci/config"}}};

constexpr std::array<KnownPlugin, 10> known{{
    {"aws", "aws", "", aws_variables, aws_files},
    {"aws-iam-authenticator", "aws-iam-authenticator", "", aws_variables, aws_files},
    {"gke-gcloud-auth-plugin", "gke-gcloud-auth-plugin", "", gcloud_variables, gcloud_files, true},
    {"gcloud", "gcloud", "", gcloud_variables, gcloud_files, true},
    {"kubelogin (Azure)", "kubelogin", "--server-id", azure_variables, azure_files},
    {"kubelogin (OIDC)", "kubelogin", "--oidc-", oidc_variables, {}},
    {"kubelogin (OIDC)", "kubectl", "oidc-login", oidc_variables, {}},
    {"tsh", "tsh", "", tsh_variables, tsh_files},
    {"doctl", "doctl", "", doctl_variables, doctl_files},
    {"oci", "oci", "", oci_variables, oci_files},
}};

const KnownPlugin* find_known(const ExecSettings& settings) {
    const std::string_view command =
        std::string_view(settings.command).substr(settings.command.rfind('/') + 1);
    for (const KnownPlugin& plugin : known)
        if (plugin.command == command &&
            (plugin.argument.empty() ||
             std::any_of(
                 settings.arguments.begin(), settings.arguments.end(),
                 [&](const std::string& text) { return text.starts_with(plugin.argument); })))
            return &plugin;
    return nullptr;
}

std::string place_of(const KnownFile& file, const Environment& environment,
                     const std::string& home) {
    const std::string given =
        file.variable.empty() ? "" : environment.value(std::string(file.variable));
    std::string path = given.empty() ? home + '/' + std::string(file.usual) : given;
    if (path.starts_with("~/"))
        path.replace(0, 1, home);
    return path.starts_with('/') ? path + std::string(file.below) : "";
}

// The file of gcloud's active configuration, which has the account.
std::string gcloud_configuration(const std::string& active, const Environment& environment) {
    std::string name = environment.value("CLOUDSDK_ACTIVE_CONFIG_NAME");
    if (name.empty())
        if (auto text = read_file(active, {.limit = 256}, "active_config"))
            name = text->substr(0, text->find_first_of("\r\n"));
    const bool plain = !name.empty() && name.find('/') == std::string::npos;
    return directory_of(active) + "/configurations/config_" + (plain ? name : "default");
}

void add_once(std::vector<std::string>& to, std::string text) {
    if (!text.empty() && std::find(to.begin(), to.end(), text) == to.end())
        to.push_back(std::move(text));
}

std::vector<std::string> variables_of_all() {
    std::vector<std::string> all;
    for (const KnownPlugin& plugin : known)
        for (const std::string_view name : plugin.variables)
            add_once(all, std::string(name));
    return all;
}

} // namespace

std::string_view known_plugin(const ExecSettings& settings) {
    const KnownPlugin* plugin = find_known(settings);
    return plugin == nullptr ? std::string_view() : plugin->name;
}

Dependencies find_dependencies(const ExecSettings& settings, const Environment& environment,
                               const std::string& home) {
    Dependencies found;
    const KnownPlugin* plugin = find_known(settings);
    if (plugin != nullptr)
        found.variables.assign(plugin->variables.begin(), plugin->variables.end());
    else
        found.variables = variables_of_all();
    if (plugin != nullptr)
        for (const KnownFile& file : plugin->files)
            add_once(found.files, place_of(file, environment, home));
    if (plugin != nullptr && plugin->gcloud && !found.files.empty())
        add_once(found.files, gcloud_configuration(found.files.front(), environment));
    for (const std::string& text : settings.depends_on)
        add_once(is_dependency_file(text) ? found.files : found.variables, text);
    std::erase_if(found.variables, [&](const std::string& name) {
        return std::any_of(settings.environment.begin(), settings.environment.end(),
                           [&](const std::string& own) { return own.starts_with(name + '='); });
    });
    return found;
}

} // namespace leasehold::lease::exec
