#include "helper/profile_drafting/kubeconfig_entry.hpp"

#include "src/base/base64.hpp"
#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <cstdlib>

namespace leasehold::helper {
namespace {

constexpr std::string_view install_hint =
    "leasehold is not installed where this kubeconfig expects it; install it, or renew the entry "
    "with: leasehold kubeconfig add";

std::string real_path(const std::string& path) {
    char* resolved = ::realpath(path.c_str(), nullptr);
    std::string result = resolved == nullptr ? "" : resolved;
    std::free(resolved);
    return result;
}

// The first `name` in `path` that leads to the file `real`; "" if there is none.
std::string link_in_path(std::string_view name, std::string_view path, const std::string& real) {
    while (!path.empty()) {
        const std::string_view directory = path.substr(0, path.find(':'));
        path.remove_prefix(std::min(directory.size() + 1, path.size()));
        const std::string candidate = std::string(directory) + "/" + std::string(name);
        if (directory.starts_with('/') && !real.empty() && real_path(candidate) == real)
            return candidate;
    }
    return {};
}

// The profile's proxy as kubectl takes it. Its password stays in the profile: kubeconfigs are
// copied and shown. kubectl knows socks5 only, which is socks5h to it.
std::string proxy_for_clients(const lease::Profile& profile, std::vector<std::string>& notices) {
    if (!profile.cluster.proxy)
        return {};
    Url proxy = *profile.cluster.proxy;
    if (proxy.scheme == "socks5h")
        proxy.scheme = "socks5";
    if (!proxy.userinfo.empty())
        notices.push_back(
            "the proxy's user name and password are not written to the kubeconfig: for kubectl "
            "add them to proxy-url there yourself, or take proxy-url out of the profile and "
            "set HTTPS_PROXY");
    return proxy.origin(); // clients differ in which port is usual
}

std::string with_name(std::string text, const std::string& profile) {
    constexpr std::string_view mark = "{profile}";
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
        text.replace(at, mark.size(), profile);
    return text;
}

} // namespace

Result<kubeconfig::Entry> make_entry(const Process& process, const lease::Profile& profile,
                                     const EntryWish& wish, std::vector<std::string>& notices) {
    LEASEHOLD_TRY_ASSIGN(const std::string ca, lease::load_cluster_ca(profile.cluster));
    kubeconfig::Entry entry;
    entry.name = "leasehold-" + profile.name;
    entry.context_name = wish.context.empty() ? profile.name : wish.context;
    entry.user_name = wish.user;
    entry.cluster_name = wish.cluster;
    entry.profile = profile.name;
    entry.server = profile.cluster.server.text();
    entry.certificate_authority_data = ca.empty() ? "" : base64_encode(ca);
    entry.tls_server_name = profile.cluster.tls_server_name;
    entry.proxy_url = proxy_for_clients(profile, notices);
    entry.namespace_ =
        wish.namespace_.empty() ? profile.terms.default_namespace() : wish.namespace_;
    LEASEHOLD_TRY_ASSIGN(entry.exec,
                         exec_command_of(process, profile, wish.exec_api_version, notices));
    entry.exec.looked_up = wish.command_by_name;
    if (wish.command_by_name)
        entry.exec.command = "leasehold";
    return entry;
}

Result<kubeconfig::ExecCommand> exec_command_of(const Process& process,
                                                const lease::Profile& profile,
                                                std::string_view exec_api_version,
                                                std::vector<std::string>& notices) {
    LEASEHOLD_TRY_ASSIGN(const std::string ca, lease::load_cluster_ca(profile.cluster));
    kubeconfig::Entry entry;
    entry.certificate_authority_data = ca.empty() ? "" : base64_encode(ca);
    entry.exec.command = stable_command(process);
    entry.exec.args = {"credential", "--profile", profile.name};
    if (exec_api_version == "v1beta1") {
        entry.exec.api_version = "v1beta1";
        entry.exec.args.insert(entry.exec.args.end(), {"--api-version", "v1beta1"});
    }
    entry.exec.install_hint = install_hint;
    if (kubeconfig::too_large_for_cluster_info(entry)) {
        entry.exec.provide_cluster_info = false;
        notices.push_back(
            "the cluster's CA is too large to be passed to a plugin: clients will not say "
            "which cluster they ask for, and are served only with 'require-cluster-info: "
            "false' in " +
            profile.path);
    }
    return entry.exec;
}

// krew makes a link of the second name alone.
std::string stable_command(const Process& process) {
    const std::string real = real_path(process.front);
    const std::string path = process.environment.value("PATH");
    for (const std::string_view name : {"leasehold", "kubectl-leasehold"})
        if (std::string link = link_in_path(name, path, real); !link.empty())
            return link;
    return process.front;
}

EntryWish for_profile(EntryWish wish, const std::string& profile) {
    wish.context = with_name(std::move(wish.context), profile);
    wish.user = with_name(std::move(wish.user), profile);
    return wish;
}

void add_entry_flags(Options& options) {
    options.value("kubeconfig", "the file to write to (default: as kubectl config)")
        .value("context", "name of the context (default: the profile's name); {profile} in it "
                          "stands for that")
        .value("user-name", "name of the user entry (default: leasehold-{profile})")
        .value("command-mode", "abs (the default): the plugin by its path; name: as 'leasehold', "
                               "which clients look up in PATH")
        .flag("backup", "keep the file as it was, as FILE.before-leasehold")
        .value("exec-api-version", "v1 (the default) or v1beta1, for kubectl before 1.22")
        .flag("set-current", "make it the current context")
        .flag("dry-run", "show the change as a diff and write nothing")
        .flag("break-lock", "take away a lock file (FILE.lock) that is older than a minute");
}

Result<EntryWish> read_entry_flags(const Options& options) {
    EntryWish wish;
    wish.kubeconfig = options.text("kubeconfig");
    wish.context = options.text("context").value_or("");
    wish.exec_api_version = options.text("exec-api-version").value_or("v1");
    if (wish.exec_api_version != "v1" && wish.exec_api_version != "v1beta1")
        return options.usage_error("--exec-api-version " + quoted(wish.exec_api_version) +
                                   " is not v1 or v1beta1");
    wish.user = options.text("user-name").value_or("");
    const std::string mode = options.text("command-mode").value_or("abs");
    if (mode != "abs" && mode != "name")
        return options.usage_error("--command-mode " + quoted(mode) + " is not abs or name");
    wish.command_by_name = mode == "name";
    wish.backup = options.has("backup");
    wish.set_current = options.has("set-current");
    wish.dry_run = options.has("dry-run");
    wish.force = options.has("force");
    wish.break_lock = options.has("break-lock");
    return wish;
}

} // namespace leasehold::helper
