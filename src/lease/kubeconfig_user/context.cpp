#include "src/lease/kubeconfig_user/context.hpp"

#include "src/base/base64.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/yaml.hpp"
#include "src/lease/kubeconfig_user/yaml_json.hpp"

#include <boost/json/serialize.hpp>

namespace leasehold::lease {
namespace {

Error bad(const std::string& path, std::string what, std::string hint = {}) {
    return make_error(ErrorCode::configuration,
                      "kubeconfig " + quoted(path) + ": " + std::move(what), std::move(hint));
}

// The entry of that name in one of the three lists, or null.
const YamlNode* find_entry(const YamlNode& document, std::string_view list, std::string_view name) {
    const YamlNode* entries = document.find(list);
    if (entries == nullptr || !entries->is_sequence())
        return nullptr;
    for (const YamlNode& entry : entries->items)
        if (entry.is_mapping() && entry.text("name") == name)
            return &entry;
    return nullptr;
}

std::string entry_names(const YamlNode& document, std::string_view list) {
    std::string names;
    const YamlNode* entries = document.find(list);
    if (entries == nullptr || !entries->is_sequence())
        return names;
    for (const YamlNode& entry : entries->items)
        if (entry.is_mapping())
            names += (names.empty() ? "" : ", ") + hostile_text(entry.text("name"), 64);
    return names;
}

// The named extension of a cluster as JSON, "" if it has none.
std::string extension_json(const YamlNode& cluster, std::string_view name) {
    const YamlNode* extensions = cluster.find("extensions");
    if (extensions == nullptr)
        return {};
    for (const YamlNode& entry : extensions->items)
        if (const YamlNode* extension = entry.find("extension");
            extension != nullptr && entry.text("name") == name)
            return boost::json::serialize(json_of(*extension));
    return {};
}

// Reads the parts of one file.
class ContextReader {
public:
    explicit ContextReader(const std::string& path) : path_(path), directory_(directory_of(path)) {}

    Result<KubeconfigCluster> read_cluster(const YamlNode& node) const {
        KubeconfigCluster cluster;
        cluster.server = node.text("server");
        cluster.ca_file = file_path(node.text("certificate-authority"));
        LEASEHOLD_TRY_ASSIGN(cluster.ca_pem, decode(node, "certificate-authority-data"));
        // client-go: data wins over the file.
        if (!cluster.ca_pem.empty())
            cluster.ca_file.clear();
        cluster.tls_server_name = node.text("tls-server-name");
        cluster.proxy_url = node.text("proxy-url");
        cluster.exec_config = extension_json(node, "client.authentication.k8s.io/exec");
        cluster.insecure_skip_tls_verify = node.text("insecure-skip-tls-verify") == "true";
        return cluster;
    }

    Result<KubeconfigUser> read_user(const YamlNode& node) const {
        KubeconfigUser user;
        user.token = Secret(node.text("token"));
        user.token_file = file_path(node.text("tokenFile"));
        user.certificate_file = file_path(node.text("client-certificate"));
        user.key_file = file_path(node.text("client-key"));
        LEASEHOLD_TRY_ASSIGN(user.certificate_pem, decode(node, "client-certificate-data"));
        LEASEHOLD_TRY_ASSIGN(std::string key, decode(node, "client-key-data"));
        user.key_pem = Secret::take(std::move(key));
        user.unsupported = node.find("auth-provider") != nullptr || !node.text("username").empty();
        read_impersonation(node, user);
        if (const YamlNode* exec = node.find("exec"); exec != nullptr && exec->is_mapping())
            user.exec = read_exec(*exec);
        return user;
    }

private:
    Result<std::string> decode(const YamlNode& node, std::string_view key) const {
        const std::string_view text = node.text(key);
        if (text.empty())
            return std::string();
        auto decoded = base64_decode(text);
        if (!decoded)
            return bad(path_, std::string(key) + " is not base64");
        return *std::move(decoded);
    }

    std::string file_path(std::string_view path) const {
        return path.empty() ? std::string() : resolve_path(path, directory_, "");
    }

    ExecPlugin read_exec(const YamlNode& node) const {
        ExecPlugin exec;
        exec.command = node.text("command");
        // client-go: a path with a separator is relative to the file, a bare name is in PATH.
        if (exec.command.find('/') != std::string::npos)
            exec.command = file_path(exec.command);
        exec.api_version = node.text("apiVersion");
        exec.install_hint = node.text("installHint");
        exec.provide_cluster_info = node.text("provideClusterInfo") == "true";
        if (const YamlNode* arguments = node.find("args"); arguments != nullptr)
            for (const YamlNode& argument : arguments->items)
                exec.arguments.push_back(argument.scalar);
        if (const YamlNode* variables = node.find("env"); variables != nullptr)
            for (const YamlNode& variable : variables->items)
                exec.environment.emplace_back(variable.text("name"), variable.text("value"));
        return exec;
    }

    static void read_impersonation(const YamlNode& node, KubeconfigUser& user) {
        user.impersonate_user = node.text("as");
        user.impersonate_uid = node.text("as-uid");
        if (const YamlNode* groups = node.find("as-groups"); groups != nullptr)
            for (const YamlNode& group : groups->items)
                user.impersonate_groups.push_back(group.scalar);
        if (const YamlNode* extra = node.find("as-user-extra"); extra != nullptr)
            for (const auto& [name, values] : extra->members)
                for (const YamlNode& value : values.items)
                    user.impersonate_extra.emplace_back(name.scalar, value.scalar);
    }

    const std::string& path_;
    std::string directory_;
};

// The mapping `part` of the entry `name` in `list`.
Result<const YamlNode*> named_part(const YamlNode& document, const std::string& path,
                                   std::string_view list, std::string_view part,
                                   std::string_view name) {
    const YamlNode* entry = find_entry(document, list, name);
    const YamlNode* node = entry == nullptr ? nullptr : entry->find(part);
    if (node == nullptr || !node->is_mapping())
        return bad(path, "there is no " + std::string(part) + ' ' + quoted(name),
                   std::string(list) + " there: " + entry_names(document, list));
    return node;
}

} // namespace

Result<KubeconfigContext> read_kubeconfig_context(const std::string& path,
                                                  std::string_view context) {
    LEASEHOLD_TRY_ASSIGN(std::string text,
                         read_file(path, {.owned_by_me = true, .limit = 4 << 20}, "kubeconfig"));
    auto parsed = parse_yaml(text, path);
    wipe(text);
    LEASEHOLD_TRY_ASSIGN(const YamlNode document, std::move(parsed));
    KubeconfigContext result;
    result.file = path;
    result.name = context.empty() ? document.text("current-context") : context;
    if (result.name.empty())
        return bad(path, "it has no current-context",
                   "name one with --from-context; there are: " + entry_names(document, "contexts"));
    LEASEHOLD_TRY_ASSIGN(const YamlNode* named,
                         named_part(document, path, "contexts", "context", result.name));
    result.namespace_ = named->text("namespace");
    LEASEHOLD_TRY_ASSIGN(const YamlNode* cluster,
                         named_part(document, path, "clusters", "cluster", named->text("cluster")));
    LEASEHOLD_TRY_ASSIGN(const YamlNode* user,
                         named_part(document, path, "users", "user", named->text("user")));
    const ContextReader reader(path);
    LEASEHOLD_TRY_ASSIGN(result.cluster, reader.read_cluster(*cluster));
    LEASEHOLD_TRY_ASSIGN(result.user, reader.read_user(*user));
    return result;
}

} // namespace leasehold::lease
