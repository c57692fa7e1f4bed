#include "src/lease/kubeconfig_user/context.hpp"

#include "src/base/base64.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/kubeconfig_form.hpp"
#include "src/base/yaml.hpp"
#include "src/lease/kubeconfig_user/yaml_json.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

#include <sys/stat.h>

namespace leasehold::lease {
namespace {

Error bad(const std::string& path, std::string what, std::string hint = {}) {
    return make_error(ErrorCode::configuration,
                      "kubeconfig " + quoted(path) + ": " + std::move(what), std::move(hint));
}

struct Source {
    std::string path;
    YamlNode document;
    bool lasting = true;
};

// An entry of one of the three lists.
struct Found {
    const Source* source = nullptr; // null: there is none
    const YamlNode* body = nullptr; // what stands under `cluster`, `user` or `context`
};

// The files of a list that could be read, and why others could not.
struct Sources {
    std::vector<Source> read;
    std::optional<Error> unread;
    std::string names; // of all, for messages

    [[nodiscard]] Found find(std::string_view list, std::string_view part,
                             std::string_view name) const;
    [[nodiscard]] std::string entry_names(std::string_view list) const;
    [[nodiscard]] std::string current_context() const;
    // What to say when something is not in any file.
    [[nodiscard]] Error missing(std::string what, std::string hint) const {
        return unread ? *unread : bad(names, std::move(what), std::move(hint));
    }
};

const std::vector<YamlNode>& elements(const Source& source, std::string_view list) {
    static const std::vector<YamlNode> none;
    const YamlNode* found = source.document.find(list);
    return found == nullptr ? none : found->items;
}

Found Sources::find(std::string_view list, std::string_view part, std::string_view name) const {
    static const YamlNode nothing;
    for (const Source& source : read)
        for (const YamlNode& entry : elements(source, list)) {
            if (!entry.is_mapping() || entry.text("name") != name)
                continue;
            // client-go: a part that is missing or null is an empty one.
            const YamlNode* body = entry.find(part);
            return {&source, body == nullptr ? &nothing : body};
        }
    return {};
}

std::string Sources::entry_names(std::string_view list) const {
    constexpr std::size_t most = 40;
    std::vector<std::string> found;
    for (const Source& source : read)
        for (const YamlNode& entry : elements(source, list)) {
            const std::string name = hostile_text(entry.text("name"), 64);
            if (std::find(found.begin(), found.end(), name) == found.end() && found.size() <= most)
                found.push_back(name);
        }
    std::string listed;
    for (std::size_t i = 0; i < std::min(found.size(), most); ++i)
        listed += (i == 0 ? "" : ", ") + found[i];
    return listed + (found.size() > most ? ", ..." : "");
}

std::string Sources::current_context() const {
    for (const Source& source : read)
        if (const std::string_view name = source.document.text("current-context"); !name.empty())
            return std::string(name);
    return {};
}

Result<std::optional<Source>> read_source(const std::string& path, bool streams) {
    const FileRules rules{.owned_by_me = true, .streams = streams, .limit = longest_kubeconfig};
    LEASEHOLD_TRY_ASSIGN(std::optional<OpenFile> file, open_checked(path, rules));
    if (!file)
        return std::optional<Source>();
    LEASEHOLD_TRY_ASSIGN(std::string text, read_all(*file, path, rules.limit));
    auto document = read_kubeconfig_yaml(text, path);
    wipe(text);
    if (!document)
        return std::move(document).error();
    return std::optional(
        Source{path, *std::move(document), S_ISREG(file->mode) && !is_passing_path(path)});
}

Result<Sources> read_sources(const std::vector<std::string>& files, bool streams) {
    Sources sources;
    for (const std::string& path : files) {
        sources.names += (sources.names.empty() ? "" : ":") + path;
        auto source = read_source(path, streams);
        if (!source && !sources.unread)
            sources.unread = std::move(source).error();
        else if (source && *source)
            sources.read.push_back(**std::move(source));
    }
    if (!sources.read.empty())
        return sources;
    return sources.unread ? *sources.unread
                          : make_error(ErrorCode::configuration,
                                       "kubeconfig " + quoted(sources.names) + " does not exist");
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
        cluster.insecure_skip_tls_verify = node.truth("insecure-skip-tls-verify");
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
        const YamlNode* provider = node.find("auth-provider");
        user.unsupported =
            (provider != nullptr && !provider->is_null()) || !node.text("username").empty();
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
        exec.provide_cluster_info = node.truth("provideClusterInfo");
        exec.install_hint = node.text("installHint");
        exec.interactive_mode = node.text("interactiveMode");
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

// The files of the list in which something was found, once each and in the list's order: a list
// that gives the same again.
std::string files_of(const Sources& sources, const std::vector<Found>& parts) {
    std::string files;
    for (const Source& source : sources.read) {
        const bool used = std::any_of(parts.begin(), parts.end(),
                                      [&](const Found& part) { return part.source == &source; });
        if (used)
            files += (files.empty() ? "" : ":") + source.path;
    }
    return files;
}

Result<void> read_context_user(const Sources& sources, const std::string& user, Found& found,
                               KubeconfigContext& result) {
    found = user.empty() ? Found{} : sources.find("users", "user", user);
    if (found.source != nullptr) {
        LEASEHOLD_TRY_ASSIGN(result.user, ContextReader(found.source->path).read_user(*found.body));
    } else {
        result.no_user =
            sources.missing(user.empty() ? "its context " + quoted(result.name) + " names no user"
                                         : "there is no user " + quoted(user),
                            "users there: " + sources.entry_names("users"));
    }
    return {};
}

Result<KubeconfigContext> read_context(const Sources& sources, std::string_view context) {
    KubeconfigContext result;
    result.name = context.empty() ? sources.current_context() : context;
    if (result.name.empty())
        return sources.missing("it has no current-context", "name one with --from-context; there "
                                                            "are: " +
                                                                sources.entry_names("contexts"));
    const Found named = sources.find("contexts", "context", result.name);
    if (named.source == nullptr)
        return sources.missing("there is no context " + quoted(result.name),
                               "contexts there: " + sources.entry_names("contexts"));
    result.namespace_ = named.body->text("namespace");
    const std::string_view cluster_name = named.body->text("cluster");
    const Found cluster = sources.find("clusters", "cluster", cluster_name);
    if (cluster.source == nullptr)
        return sources.missing("there is no cluster " + quoted(cluster_name),
                               "clusters there: " + sources.entry_names("clusters"));
    LEASEHOLD_TRY_ASSIGN(result.cluster,
                         ContextReader(cluster.source->path).read_cluster(*cluster.body));
    Found user;
    LEASEHOLD_TRY(read_context_user(sources, std::string(named.body->text("user")), user, result));
    result.file = files_of(sources, {named, cluster, user});
    for (const Found& part : {named, cluster, user})
        result.lasting = result.lasting && (part.source == nullptr || part.source->lasting);
    return result;
}

} // namespace

std::vector<std::string> kubeconfig_list(const std::string& file) {
    struct stat status {};
    if (file.find(':') == std::string::npos || ::stat(file.c_str(), &status) == 0)
        return {file};
    std::vector<std::string> files;
    for (std::string_view rest = file; !rest.empty();) {
        const std::string_view one = rest.substr(0, rest.find(':'));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        if (!one.empty())
            files.emplace_back(one);
    }
    return files;
}

Result<KubeconfigContext> read_kubeconfig_context(const std::vector<std::string>& files,
                                                  std::string_view context) {
    LEASEHOLD_TRY_ASSIGN(const Sources sources, read_sources(files, true));
    return read_context(sources, context);
}

Result<KubeconfigContext> read_kubeconfig_context(const std::string& file,
                                                  std::string_view context) {
    LEASEHOLD_TRY_ASSIGN(const Sources sources, read_sources(kubeconfig_list(file), false));
    return read_context(sources, context);
}

} // namespace leasehold::lease
