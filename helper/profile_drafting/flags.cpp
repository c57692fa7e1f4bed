#include "helper/profile_drafting/flags.hpp"

#include "helper/profile_drafting/temporary.hpp"
#include "helper/providers/table.hpp"
#include "helper/setting_flags/field_flags.hpp"
#include "helper/terminal/text.hpp"
#include "kubeconfig/file/location.hpp"
#include "src/base/base64.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/base/time.hpp"
#include "src/lease/kubeconfig_user/context.hpp"
#include "src/lease/profile/file.hpp"
#include "src/lease/providers.hpp"

#include <unistd.h>

namespace leasehold::helper {
namespace {

std::vector<std::string> flags_of(const lease::ProviderKind& kind) {
    std::vector<std::string> flags;
    for (const lease::FieldGroup& group : kind.groups())
        for (const lease::FieldFacts& facts : group.fields)
            for (const std::string_view flag : {facts.flag, facts.no_flag})
                if (!flag.empty())
                    flags.emplace_back(flag);
    return flags;
}

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
        yaml_.value(0, "provider", kind_->name);
        yaml_.value(0, "ttl", options_.text("ttl").value_or(""));
        yaml_.value(0, "max-ttl", options_.text("max-ttl").value_or(""));
        yaml_.value(0, "deadline", options_.text("deadline").value_or(""));
        yaml_.value(0, "recheck", options_.text("recheck").value_or(""));
        yaml_.value(0, "reason", options_.text("reason").value_or(""));
        yaml_.values(0, "stores", options_.texts("store"));
        yaml_.values(0, "environment", options_.texts("allow-variable"));
        if (options_.has("require-cluster-info"))
            yaml_.word(0, "require-cluster-info", "true");
        if (options_.has("no-require-cluster-info"))
            yaml_.word(0, "require-cluster-info", "false");
        yaml_.values(0, "siblings", options_.texts("sibling"));
        LEASEHOLD_TRY_ASSIGN(const std::string section,
                             provider_row(kind_->name)
                                 .draft({process_, options_, from_context ? &context_ : nullptr}));
        return yaml_.take() + section;
    }

    // What people should know of the profile that `text` is.
    [[nodiscard]] std::vector<std::string> notices(const std::string& text) const {
        std::vector<std::string> list;
        if (context_.file.empty() || text.find(context_.file) == std::string::npos)
            return list;
        for (const std::string& file : lease::kubeconfig_list(context_.file))
            if (const auto notice = temporary_file(process_, file))
                list.push_back("the requester's kubeconfig is " + *notice);
        return list;
    }

private:
    Result<lease::KubeconfigContext> read_source() const {
        LEASEHOLD_TRY_ASSIGN(
            const auto files,
            kubeconfig::kubeconfig_files(options_.text("from-kubeconfig"), process_.environment));
        return lease::read_kubeconfig_context(files, options_.text("from-context").value_or(""));
    }

    // What can be said of a flag's value by itself is said under the flag's name.
    Result<void> check_flags() {
        if (options_.text("recheck") != "off")
            LEASEHOLD_TRY(options_.duration("recheck"));
        LEASEHOLD_TRY(lease::check_reason(options_.text("reason").value_or(""), ErrorCode::usage));
        LEASEHOLD_TRY(check_provider());
        for (const char* name : {"max-ttl", "deadline"})
            LEASEHOLD_TRY(options_.duration(name));
        LEASEHOLD_TRY(ttl());
        LEASEHOLD_TRY(check_fields(options_, kind_->groups()));
        if (const auto server = options_.text("server"))
            if (auto url = parse_https_url(*server, "--server"); !url)
                return options_.usage_error(url.error().message, url.error().hint);
        if (options_.text("proxy-url").value_or("").find('@') != std::string::npos)
            return options_.usage_error(
                "--proxy-url must not hold a user name or password",
                "arguments are readable for everybody on this machine: write the password into "
                "the profile's file afterwards, or leave the proxy to HTTPS_PROXY");
        return check_ttls();
    }

    // A flag of another provider would be lost without a word.
    Result<void> check_provider() {
        const auto name = options_.text("provider");
        kind_ = name ? lease::find_provider(*name) : &lease::provider_kinds().front();
        if (kind_ == nullptr)
            return options_.usage_error("unknown --provider " + quoted(*name, 80),
                                        "providers of this version: " + lease::provider_names());
        for (const lease::ProviderKind& other : lease::provider_kinds())
            for (const std::string& flag : flags_of(other))
                if (options_.has(flag.c_str()) && !knows(flag))
                    return options_.usage_error(
                        "--" + flag + " is a flag of provider " + std::string(other.name) +
                            ", and this profile's is " + std::string(kind_->name),
                        "give --provider " + std::string(other.name) + ", or leave it out");
        return {};
    }

    // Its own; or that of its secret, where the command takes one, though another's setting is
    // called so.
    [[nodiscard]] bool knows(const std::string& flag) const {
        const auto own = flags_of(*kind_);
        const auto& kept = kind_->kept_flags;
        return std::find(own.begin(), own.end(), flag) != own.end() ||
               std::any_of(kept.begin(), kept.end(), [&](const lease::KeptFlag& secret) {
                   return secret.file == flag && options_.declares(secret.input);
               });
    }

    // Empty if none is given, or the server's own is.
    [[nodiscard]] Result<std::optional<Seconds>> ttl() const {
        if (kind_->knows_a_ttl && options_.text("ttl") == lease::servers_ttl)
            return std::optional<Seconds>();
        return options_.duration("ttl");
    }

    Result<void> check_ttls() const {
        lease::Profile limits;
        limits.kind = kind_;
        LEASEHOLD_TRY_ASSIGN(const auto ttl, this->ttl());
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
        if (from_context && cluster.insecure_skip_tls_verify &&
            !options_.has("certificate-authority"))
            return make_error(ErrorCode::configuration,
                              "context " + quoted(context_.name) + " skips TLS verification",
                              "leasehold sends no credential over TLS that is not verified: give "
                              "the cluster's CA with --certificate-authority FILE");
        const std::string server = options_.text("server").value_or(cluster.server);
        if (server.empty())
            return options_.usage_error(
                "--server is missing",
                "give --server URL, or --from-context CONTEXT to take it from a kubeconfig\nfor "
                "example: leasehold setup " +
                    name + " --from-context CONTEXT " + least());
        LEASEHOLD_TRY_ASSIGN(const Url url, parse_https_url(server, "the cluster's server"));
        yaml_.value(2, "server", url.text());
        if (const auto file = options_.text("certificate-authority")) {
            LEASEHOLD_TRY(check_lasting(options_, "--certificate-authority", *file));
            yaml_.value(2, "certificate-authority", absolute_path(process_, *file));
        } else if (!cluster.ca_pem.empty())
            yaml_.value(2, "certificate-authority-data", base64_encode(cluster.ca_pem));
        else
            yaml_.value(2, "certificate-authority", cluster.ca_file);
        yaml_.value(2, "tls-server-name",
                    options_.text("tls-server-name").value_or(cluster.tls_server_name));
        yaml_.value(2, "proxy-url", options_.text("proxy-url").value_or(cluster.proxy_url));
        return {};
    }

    // The flags that a profile of this provider needs.
    [[nodiscard]] std::string least() const {
        const bool named = kind_ != lease::provider_kinds().data();
        return (named ? "--provider " + std::string(kind_->name) + ' ' : "") +
               std::string(provider_row(kind_->name).least);
    }

    const Process& process_;
    const Options& options_;
    const lease::ProviderKind* kind_ = nullptr;
    lease::KubeconfigContext context_;
    YamlLines yaml_;
};

// "10m with this provider, 11m with that one".
std::string by_provider(Seconds lease::ProviderKind::*time) {
    std::string text;
    for (const lease::ProviderKind& kind : lease::provider_kinds())
        text += (text.empty() ? "" : ", ") + format_duration(kind.*time) + " with " +
                std::string(kind.name);
    return text;
}

} // namespace

void add_profile_flags(Options& options) {
    options
        .value(
            "provider",
            ("who grants the lease: " + lease::provider_names() + " (default: the first)").c_str())
        .value("from-context", "take server, CA, TLS name and proxy from this kubeconfig context, "
                               "and ask for tokens with its user")
        .value("from-kubeconfig", "the kubeconfig of --from-context (default: as kubectl)")
        .value("server", "URL of the API server, the only one that may receive the token")
        .value("certificate-authority", "PEM file of the cluster's CA")
        .value("tls-server-name", "name in the server's certificate, if not its host's")
        .value("proxy-url", "proxy on the way to the API server")
        .value("ttl", ("life of a token (default 1h; at least " +
                       by_provider(&lease::ProviderKind::shortest_ttl) +
                       "); of another exec plugin, how long a credential is kept that does not "
                       "say when it ends (default 5m)")
                          .c_str())
        .value("max-ttl", "longest life that is ever asked for (default 8h)")
        .value("deadline", ("how long a call may take in all (default " +
                            by_provider(&lease::ProviderKind::usual_deadline) + ")")
                               .c_str())
        .value("recheck",
               "how old the API server's last word on a cached token may be before it is "
               "asked again, behind a hit, or off (default 1m)")
        .value("reason", "why the leases are made: on them in the cluster, and in the audit log")
        .values("store", "secret store, repeatable, in order: kernel-keyring, secret-service, "
                         "memory, file, none")
        .values("allow-variable", "variable, repeatable, that a kubeconfig may set (exec.env) and "
                                  "that the requester's plugin gets")
        .values("sibling", "profile, repeatable, of another cluster that the same kubeconfig entry "
                           "asks for (needs --require-cluster-info)")
        .flag("require-cluster-info", "serve only clients that say which cluster they ask for "
                                      "(default: those that speak the exec protocol must)")
        .flag("no-require-cluster-info", "serve clients that do not say it, too")
        .values("namespace,n", "namespace of the service account, repeatable: those a lease may be "
                               "in, the first being the default")
        .flag("force", "replace what is there under this name");
    bool first = true;
    for (const ProviderRow& row : provider_rows()) {
        options.group("Options of provider " + std::string(row.name) + " (" +
                          std::string(row.heading) + "), at least\n  " + std::string(row.least),
                      "provider", std::string(row.name), first);
        declare_fields(options, lease::find_provider(row.name)->groups());
        first = false;
    }
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
    Drafting drafting(process, options);
    LEASEHOLD_TRY_ASSIGN(draft.text, drafting.text(name));
    draft.notices = drafting.notices(draft.text);
    const std::string path = lease::profile_path(process.directories.profiles(), name);
    LEASEHOLD_TRY_ASSIGN(draft.profile,
                         lease::parse_profile(draft.text, name, path, process.directories.home));
    return draft;
}

void complain_all(const Process& process, const std::vector<std::string>& notices) {
    for (const std::string& notice : notices)
        process.complain("leasehold: " + notice + '\n');
}

Result<bool> check_profile_place(const ProfileDraft& draft, bool force) {
    const std::string& path = draft.profile.path;
    LEASEHOLD_TRY_ASSIGN(const auto existing, open_checked(path, {.limit = 1 << 20}));
    if (!existing)
        return true;
    LEASEHOLD_TRY_ASSIGN(const std::string text, read_all(*existing, path, 1 << 20));
    if (text == draft.text)
        return false;
    if (!force)
        return make_error(ErrorCode::configuration,
                          "there is another profile " + quoted(draft.profile.name) + " already",
                          "look at it with 'leasehold profile show " + draft.profile.name +
                              "', replace it with --force, or take another name");
    return true;
}

Result<bool> write_profile(const ProfileDraft& draft, bool force) {
    LEASEHOLD_TRY_ASSIGN(const bool changes, check_profile_place(draft, force));
    if (!changes)
        return false;
    auto made = make_private_directory(directory_of(draft.profile.path));
    if (made)
        made = write_file(draft.profile.path, draft.text, 0600);
    if (made)
        return true;
    // Of a container's any user, HOME is often "/".
    Error error = std::move(made).error();
    if (error.hint.empty())
        error.hint = "set HOME or LEASEHOLD_CONFIG_DIR to a directory that you can write to";
    return error;
}

std::optional<std::string> read_profile_text(const std::string& path) {
    auto text = read_file(path, {.limit = 1 << 20}, "profile");
    return text ? std::optional<std::string>(*std::move(text)) : std::nullopt;
}

void restore_profile_text(const std::string& path, const std::optional<std::string>& text) {
    if (text)
        (void)write_file(path, *text, 0600);
    else
        (void)::unlink(path.c_str());
}

} // namespace leasehold::helper
