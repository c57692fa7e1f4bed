#include "kubeconfig/document/entry.hpp"

#include "src/base/base64.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/base/url.hpp"

#include <algorithm>
#include <vector>

namespace leasehold::kubeconfig {
namespace {

constexpr std::size_t cluster_info_limit = 90 * 1024; // bytes of PEM
constexpr std::string_view safe_punctuation = "_@+=:,./-";

Error refuse(std::string message, std::string hint = {}) {
    return make_error(ErrorCode::configuration, std::move(message), std::move(hint));
}

bool is_safe_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           safe_punctuation.find(c) != std::string_view::npos;
}

// Some clients run the plugin through a shell, or join the arguments with spaces (G3).
bool survives_every_client(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_safe_character);
}

// An absolute path without empty, "." and ".." elements; links are not looked at, as in kubectl.
std::string normalised(std::string_view path) {
    std::vector<std::string_view> elements;
    while (!path.empty()) {
        const std::string_view element = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(path.size(), element.size() + 1));
        if (element == ".." && !elements.empty())
            elements.pop_back();
        else if (!element.empty() && element != "." && element != "..")
            elements.push_back(element);
    }
    std::string out;
    for (const std::string_view element : elements)
        out.append("/").append(element);
    return out.empty() ? "/" : out;
}

Result<void> check_command(const std::string& command, std::string_view kubeconfig) {
    const std::string what = "the plugin's path " + quoted(command);
    if (command.empty() || command.front() != '/')
        return refuse(what + " is not absolute");
    if (!survives_every_client(command))
        return refuse(what + " has a character that not every client passes on",
                      "install leasehold in a directory whose path has letters, digits, "
                      "and _@+=:,./- only");
    if (normalised(command) != command)
        return refuse(what + " is not in its shortest form");
    // `kubectl config` would cut it down to a bare name, which is then looked up in PATH (G2).
    if (directory_of(command) == directory_of(normalised(absolute_path(kubeconfig, {}))))
        return refuse(what + " lies in the directory of the kubeconfig, where kubectl would "
                             "rewrite it to a bare name",
                      "move leasehold, or the kubeconfig, to another directory");
    return {};
}

Result<void> check_exec(const ExecCommand& exec, std::string_view kubeconfig) {
    // A name, which was asked for, has nothing that a client could cut or change.
    if (!exec.looked_up || exec.command != "leasehold")
        LEASEHOLD_TRY(check_command(exec.command, kubeconfig));
    if (exec.args.empty())
        return refuse("the plugin's arguments are empty, which some clients do not take");
    for (const std::string& arg : exec.args) {
        if (!survives_every_client(arg))
            return refuse("the plugin's argument " + quoted(arg) +
                          " has a character that not every client passes on");
    }
    if (exec.api_version != "v1" && exec.api_version != "v1beta1")
        return refuse("the exec API version must be v1 or v1beta1, not " +
                      quoted(exec.api_version));
    if (!is_faithful_text(exec.install_hint))
        return refuse("the install hint has control or invisible characters");
    return {};
}

Result<void> check_name(std::string_view what, const std::string& name) {
    if (name.empty() || name.size() > 512)
        return refuse("the " + std::string(what) + "'s name must have 1 to 512 bytes");
    if (!is_faithful_text(name))
        return refuse("the " + std::string(what) + "'s name " + quoted(name) +
                      " has control or invisible characters");
    return {};
}

Result<void> check_names(const Entry& entry) {
    LEASEHOLD_TRY(check_name("cluster", entry.cluster()));
    LEASEHOLD_TRY(check_name("user", entry.user()));
    LEASEHOLD_TRY(check_name("context", entry.context()));
    if (!is_profile_name(entry.profile))
        return refuse(quoted(entry.profile) + " is not a profile's name");
    if (!entry.namespace_.empty() && !is_dns_label(entry.namespace_))
        return refuse(quoted(entry.namespace_) + " is not a namespace's name");
    return {};
}

Result<void> check_authority(const Entry& entry) {
    if (entry.certificate_authority_data.empty())
        return {};
    if (entry.insecure_skip_tls_verify)
        return refuse("a certificate authority and skipping TLS verification exclude each other");
    const bool one_line =
        entry.certificate_authority_data.find_first_of("\r\n") == std::string::npos;
    if (!one_line || !base64_decode(entry.certificate_authority_data))
        return refuse("the certificate authority's data is not base64 on one line");
    return {};
}

Result<void> check_cluster(const Entry& entry) {
    // client-go ignores every credential on plain http (G7).
    LEASEHOLD_TRY(parse_https_url(entry.server, "the server"));
    LEASEHOLD_TRY(check_authority(entry));
    // A proxy's password would be a secret in the file: userinfo is not allowed.
    if (!entry.proxy_url.empty())
        LEASEHOLD_TRY(parse_url(entry.proxy_url, {"http", "https", "socks5"}, "the proxy"));
    if (!is_faithful_text(entry.tls_server_name))
        return refuse("the TLS server name has control or invisible characters");
    if (entry.exec.provide_cluster_info && too_large_for_cluster_info(entry))
        return refuse("the certificate authority's data is too large to be passed to the plugin",
                      "turn provideClusterInfo off");
    return {};
}

} // namespace

Result<void> check_entry(const Entry& entry, std::string_view kubeconfig) {
    LEASEHOLD_TRY(check_names(entry));
    LEASEHOLD_TRY(check_cluster(entry));
    return check_exec(entry.exec, kubeconfig);
}

bool too_large_for_cluster_info(const Entry& entry) {
    return entry.certificate_authority_data.size() / 4 * 3 > cluster_info_limit;
}

bool is_faithful_text(std::string_view text) {
    // U+FFFE and U+FFFF are valid UTF-8 but not allowed in YAML.
    return hostile_text(text, text.size()) == text &&
           text.find("\xEF\xBF\xBE") == std::string_view::npos &&
           text.find("\xEF\xBF\xBF") == std::string_view::npos;
}

} // namespace leasehold::kubeconfig
