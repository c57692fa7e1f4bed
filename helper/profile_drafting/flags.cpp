#include "helper/profile_drafting/flags.hpp"

#include "helper/profile_drafting/rules_file.hpp"
#include "helper/providers/infisical_flags.hpp"
#include "helper/terminal/text.hpp"
#include "src/base/base64.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/base/time.hpp"
#include "src/lease/kubeconfig_user/context.hpp"

#include <unistd.h>

namespace leasehold::helper {
namespace {

std::string absolute_path(const Process& process, const std::string& path) {
    std::string here = "/";
    if (char* directory = ::get_current_dir_name(); directory != nullptr) {
        here = directory;
        ::free(directory);
    }
    return resolve_path(path, here, process.directories.home);
}

// The kubeconfig that --from-context is looked up in: the flag, else the first file of KUBECONFIG
// that exists, else ~/.kube/config.
std::string source_kubeconfig(const Process& process, const Options& options) {
    if (const auto given = options.text("from-kubeconfig"))
        return absolute_path(process, *given);
    const std::string list = process.environment.value("KUBECONFIG");
    std::string_view rest = list;
    std::string first;
    while (!rest.empty()) {
        const std::string path(rest.substr(0, rest.find(':')));
        rest.remove_prefix(std::min(path.size() + 1, rest.size()));
        if (path.empty())
            continue;
        if (::access(path.c_str(), F_OK) == 0)
            return absolute_path(process, path);
        if (first.empty())
            first = absolute_path(process, path);
    }
    return first.empty() ? process.directories.home + "/.kube/config" : first;
}

// Lines of YAML, indented; empty values leave no line.
class YamlLines {
public:
    void section(int indent, std::string_view key) {
        text_ += std::string(static_cast<std::size_t>(indent), ' ') + std::string(key) + ":\n";
    }
    void value(int indent, std::string_view key, std::string_view value) {
        if (!value.empty())
            text_ += std::string(static_cast<std::size_t>(indent), ' ') + std::string(key) + ": " +
                     yaml_scalar(value) + '\n';
    }
    void values(int indent, std::string_view key, const std::vector<std::string>& values) {
        if (values.empty())
            return;
        section(indent, key);
        for (const std::string& value : values)
            text_ += std::string(static_cast<std::size_t>(indent), ' ') + "- " +
                     yaml_scalar(value) + '\n';
    }
    // YAML of its own, line by line.
    void block(int indent, std::string_view key, std::string_view yaml) {
        section(indent, key);
        while (!yaml.empty()) {
            const std::string_view line = yaml.substr(0, yaml.find('\n'));
            yaml.remove_prefix(std::min(line.size() + 1, yaml.size()));
            text_ += std::string(static_cast<std::size_t>(indent), ' ') + std::string(line) + '\n';
        }
    }
    // A word that is no text: true.
    void word(int indent, std::string_view key, std::string_view word) {
        text_ += std::string(static_cast<std::size_t>(indent), ' ') + std::string(key) + ": " +
                 std::string(word) + '\n';
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string text_;
};

class Drafting {
public:
    Drafting(const Process& process, const Options& options)
        : process_(process), options_(options) {}

    Result<std::string> text(const std::string& name) {
        LEASEHOLD_TRY(check_flags());
        const bool from_context = options_.has("from-context") || options_.has("from-kubeconfig");
        if (from_context) {
            LEASEHOLD_TRY_ASSIGN(context_, read_source());
        }
        yaml_.section(0, "cluster");
        LEASEHOLD_TRY(write_cluster(name, from_context));
        yaml_.value(0, "provider", options_.text("provider").value_or("kubernetes"));
        yaml_.value(0, "ttl", options_.text("ttl").value_or(""));
        yaml_.value(0, "max-ttl", options_.text("max-ttl").value_or(""));
        yaml_.value(0, "deadline", options_.text("deadline").value_or(""));
        yaml_.values(0, "stores", options_.texts("store"));
        if (options_.has("require-cluster-info"))
            yaml_.word(0, "require-cluster-info", "true");
        if (options_.text("provider") == "infisical") {
            LEASEHOLD_TRY_ASSIGN(const std::string section, infisical_section(process_, options_));
            return yaml_.take() + section;
        }
        yaml_.section(0, "kubernetes");
        LEASEHOLD_TRY(write_credential());
        yaml_.values(2, "audiences", options_.texts("audience"));
        write_requester(from_context);
        return yaml_.take();
    }

private:
    Result<lease::KubeconfigContext> read_source() const {
        return lease::read_kubeconfig_context(source_kubeconfig(process_, options_),
                                              options_.text("from-context").value_or(""));
    }

    // What can be said of a flag's value by itself is said under the flag's name.
    Result<void> check_flags() const {
        for (const char* name : {"ttl", "max-ttl", "deadline"})
            LEASEHOLD_TRY(options_.duration(name));
        const std::string provider = options_.text("provider").value_or("kubernetes");
        if (provider != "kubernetes" && provider != "infisical")
            return options_.usage_error("unknown --provider " + quoted(provider),
                                        "providers of this version: kubernetes, infisical");
        const std::string credential = options_.text("credential").value_or("static");
        if (credential != "static" && credential != "dynamic")
            return options_.usage_error("unknown --credential " + quoted(credential),
                                        "credentials: static, dynamic");
        LEASEHOLD_TRY(check_credential_flags(credential));
        if (const auto server = options_.text("server"))
            if (auto url = parse_https_url(*server, "--server"); !url)
                return options_.usage_error(url.error().message, url.error().hint);
        if (options_.text("proxy-url").value_or("").find('@') != std::string::npos)
            return options_.usage_error(
                "--proxy-url must not hold a user name or password",
                "arguments are readable for everybody on this machine: write the password into "
                "the profile's file afterwards, or leave the proxy to HTTPS_PROXY");
        if (const auto gateway = options_.text("requester-gateway"))
            if (auto url = parse_https_url(*gateway, "--requester-gateway"); !url)
                return options_.usage_error(url.error().message, url.error().hint);
        return check_ttls();
    }

    Result<void> check_ttls() const {
        lease::Profile limits;
        limits.provider = options_.text("provider").value_or("kubernetes");
        LEASEHOLD_TRY_ASSIGN(const auto ttl, options_.duration("ttl"));
        LEASEHOLD_TRY_ASSIGN(const auto max_ttl, options_.duration("max-ttl"));
        limits.max_ttl = max_ttl.value_or(ttl.value_or(limits.max_ttl));
        if (max_ttl)
            LEASEHOLD_TRY(lease::check_ttl(limits, *max_ttl, ErrorCode::usage));
        if (ttl)
            LEASEHOLD_TRY(lease::check_ttl(limits, *ttl, ErrorCode::usage));
        return {};
    }

    Result<void> write_cluster(const std::string& name, bool from_context) {
        const lease::KubeconfigCluster& cluster = context_.cluster;
        if (from_context && cluster.insecure_skip_tls_verify)
            return make_error(ErrorCode::configuration,
                              "context " + quoted(context_.name) + " skips TLS verification",
                              "leasehold sends no credential over TLS that is not verified: give "
                              "the cluster's CA in the kubeconfig");
        const std::string server = options_.text("server").value_or(cluster.server);
        if (server.empty())
            return options_.usage_error(
                "--server is missing",
                "give --server URL, or --from-context CONTEXT to take it from a kubeconfig\nfor "
                "example: leasehold setup " +
                    name + " --from-context CONTEXT --namespace NAMESPACE --service-account NAME");
        LEASEHOLD_TRY_ASSIGN(const Url url, parse_https_url(server, "the cluster's server"));
        yaml_.value(2, "server", url.text());
        if (const auto file = options_.text("certificate-authority"))
            yaml_.value(2, "certificate-authority", absolute_path(process_, *file));
        else if (!cluster.ca_pem.empty())
            yaml_.value(2, "certificate-authority-data", base64_encode(cluster.ca_pem));
        else
            yaml_.value(2, "certificate-authority", cluster.ca_file);
        yaml_.value(2, "tls-server-name",
                    options_.text("tls-server-name").value_or(cluster.tls_server_name));
        yaml_.value(2, "proxy-url", options_.text("proxy-url").value_or(cluster.proxy_url));
        return {};
    }

    // What belongs to the other credential would be lost without a word.
    Result<void> check_credential_flags(const std::string& credential) const {
        const bool dynamic = credential == "dynamic";
        for (const char* name : {"service-account", "revocable", "no-revocable"})
            if (dynamic && options_.has(name))
                return options_.usage_error("--" + std::string(name) +
                                            " is for --credential static");
        for (const char* name : {"role-type", "role", "rules-file", "binding", "name-template"})
            if (!dynamic && options_.has(name))
                return options_.usage_error("--" + std::string(name) +
                                            " is for --credential dynamic");
        if (options_.has("revocable") && options_.has("no-revocable"))
            return options_.usage_error("--revocable or --no-revocable?");
        if (dynamic && options_.has("role") == options_.has("rules-file"))
            return options_.usage_error("a dynamic credential needs --role or --rules-file");
        return {};
    }

    Result<void> write_credential() {
        const std::string credential = options_.text("credential").value_or("static");
        yaml_.value(2, "credential", credential);
        const auto spaces = options_.texts("namespace");
        if (spaces.empty())
            return options_.usage_error("--namespace is missing");
        for (const std::string& space : spaces)
            if (!is_dns_label(space))
                return options_.usage_error("--namespace " + quoted(space) +
                                            " is no namespace name");
        if (spaces.size() == 1)
            yaml_.value(2, "namespace", spaces.front());
        else
            yaml_.values(2, "namespaces", spaces);
        return credential == "dynamic" ? write_role() : write_account();
    }

    Result<void> write_account() {
        LEASEHOLD_TRY_ASSIGN(const std::string account, options_.required("service-account"));
        if (!is_dns_subdomain(account))
            return options_.usage_error("--service-account " + quoted(account) +
                                        " is no service account name");
        yaml_.value(2, "service-account", account);
        if (options_.has("revocable"))
            yaml_.word(2, "revocable", "true");
        if (options_.has("no-revocable"))
            yaml_.word(2, "revocable", "false");
        return {};
    }

    Result<void> write_role() {
        for (const char* name : {"role-type", "role", "binding", "name-template"})
            yaml_.value(2, name, options_.text(name).value_or(""));
        if (const auto file = options_.text("rules-file")) {
            LEASEHOLD_TRY_ASSIGN(const auto rules, read_rules_file(absolute_path(process_, *file)));
            yaml_.block(2, "rules", to_yaml(rules));
        }
        return {};
    }

    void write_requester(bool from_context) {
        const auto path_flag = [&](const char* name) {
            const auto given = options_.text(name);
            return given ? absolute_path(process_, *given) : std::string();
        };
        yaml_.section(2, "requester");
        const std::string kubeconfig = path_flag("requester-kubeconfig");
        const std::string token_file = path_flag("requester-token-file");
        const std::string certificate = path_flag("requester-client-certificate");
        const std::string context = options_.text("requester-context").value_or("");
        yaml_.value(4, "kubeconfig", kubeconfig);
        yaml_.value(4, "context", context);
        yaml_.value(4, "token-file", token_file);
        const std::string gateway = options_.text("requester-gateway").value_or("");
        yaml_.value(4, "gateway", gateway);
        yaml_.value(4, "certificate-authority", path_flag("requester-certificate-authority"));
        yaml_.value(4, "client-certificate", certificate);
        yaml_.value(4, "client-key", path_flag("requester-client-key"));
        if (options_.has("requester-in-cluster"))
            yaml_.word(4, "in-cluster", "true");
        const bool given = !kubeconfig.empty() || !token_file.empty() || !certificate.empty() ||
                           !gateway.empty() || !context.empty() ||
                           options_.has("requester-in-cluster");
        if (!given && from_context) {
            yaml_.value(4, "kubeconfig", context_.file);
            yaml_.value(4, "context", context_.name);
        } else if (!given) {
            yaml_.value(4, "token", "stored");
        }
    }

    const Process& process_;
    const Options& options_;
    lease::KubeconfigContext context_;
    YamlLines yaml_;
};

} // namespace

void add_profile_flags(Options& options) {
    options.value("provider", "who grants the lease: kubernetes (the default) or infisical")
        .value("from-context", "take server, CA, TLS name and proxy from this kubeconfig context, "
                               "and ask for tokens with its user")
        .value("from-kubeconfig", "the kubeconfig of --from-context (default: as kubectl)")
        .value("server", "URL of the API server, the only one that may receive the token")
        .value("certificate-authority", "PEM file of the cluster's CA")
        .value("tls-server-name", "name in the server's certificate, if not its host's")
        .value("proxy-url", "proxy on the way to the API server")
        .value("ttl", "life of a token (default 1h, at least 10m)")
        .value("max-ttl", "longest life that is ever asked for (default 8h)")
        .value("deadline", "how long a call may take in all (default 30s)")
        .values("store", "secret store, repeatable, in order: kernel-keyring, secret-service, "
                         "file, none")
        .flag("require-cluster-info", "serve only clients that say which cluster they ask for")
        .value("credential", "static (the default): an existing service account; dynamic: a "
                             "temporary one with a role")
        .values("namespace", "namespace of the service account, repeatable: those a lease may be "
                             "in, the first being the default")
        .value("service-account", "static: service account to lease tokens of")
        .flag("revocable", "static: bind each token to a Secret, so that the lease can be revoked "
                           "(the default where the requester may create Secrets)")
        .flag("no-revocable", "static: make leases that only time ends")
        .value("role-type", "dynamic: role (the default) or cluster-role")
        .value("role", "dynamic: the role to bind; or")
        .value("rules-file", "dynamic: rules of a role that is made for the lease (YAML)")
        .value("binding", "dynamic: role (the default) or cluster, the whole cluster")
        .value("name-template", "dynamic: name of the temporary objects (default "
                                "leasehold-{random})")
        .values("audience", "audience of the token, repeatable (default: the API server's own)")
        .value("requester-kubeconfig", "ask with the user of a context of this kubeconfig")
        .value("requester-context", "the context in it (default: its current one)")
        .value("requester-token-file", "ask with the token in this file")
        .value("requester-client-certificate", "ask with this client certificate (PEM file)")
        .value("requester-client-key", "the key to it (PEM file)")
        .value("requester-gateway", "ask through this gateway (URL), with the client certificate")
        .value("requester-certificate-authority", "PEM file of the gateway's CA")
        .flag("requester-in-cluster", "ask with the pod's own service account")
        .flag("force", "replace what is there under this name");
    add_infisical_flags(options);
}

Result<ProfileDraft> draft_profile(const Process& process, const Options& options,
                                   const std::string& name) {
    if (!is_profile_name(name))
        return options.usage_error("not a profile name: " + quoted(name, 80),
                                   "names are up to 63 of a-z, 0-9, '.', '_' and '-', and begin "
                                   "with a letter or digit");
    if (process.directories.config.empty())
        return make_error(ErrorCode::configuration, "there is nowhere to keep profiles",
                          "set HOME or LEASEHOLD_CONFIG_DIR");
    ProfileDraft draft;
    LEASEHOLD_TRY_ASSIGN(draft.text, Drafting(process, options).text(name));
    const std::string path = lease::profile_path(process.directories.profiles(), name);
    LEASEHOLD_TRY_ASSIGN(draft.profile,
                         lease::parse_profile(draft.text, name, path, process.directories.home));
    return draft;
}

Result<bool> write_profile(const ProfileDraft& draft, bool force) {
    const std::string& path = draft.profile.path;
    LEASEHOLD_TRY(make_private_directory(directory_of(path)));
    LEASEHOLD_TRY_ASSIGN(const auto existing, open_checked(path, {.limit = 1 << 20}));
    if (existing) {
        LEASEHOLD_TRY_ASSIGN(const std::string text, read_all(*existing, path, 1 << 20));
        if (text == draft.text)
            return false;
        if (!force)
            return make_error(ErrorCode::configuration,
                              "there is another profile " + quoted(draft.profile.name) + " already",
                              "look at it with 'leasehold profile show " + draft.profile.name +
                                  "', replace it with --force, or take another name");
    }
    LEASEHOLD_TRY(write_file(path, draft.text, 0600));
    return true;
}

} // namespace leasehold::helper
