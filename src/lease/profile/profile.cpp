#include "src/lease/profile/profile.hpp"

#include "src/base/base64.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/base/time.hpp"
#include "src/lease/profile/file.hpp"
#include "src/lease/providers.hpp"
#include "src/lease/terms/lease.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include <dirent.h>

namespace leasehold::lease {
namespace {

constexpr std::size_t most_siblings = 64;
constexpr std::array<std::string_view, 5> known_stores = {"kernel-keyring", "secret-service",
                                                          "memory", "file", "none"};

// Builds a Profile from the sections of its file.
class ProfileReader {
public:
    ProfileReader(SettingsContext& context, Profile& profile, std::string_view home)
        : context_(context), profile_(profile), directory_(directory_of(profile.path)),
          home_(home) {}

    void read(const YamlNode& document) {
        SettingsSection root(context_, &document, "");
        read_cluster(root.section("cluster"));
        read_provider(root);
        read_times(root);
        read_stores(root);
        read_environment(root);
        read_cluster_info(root);
        read_siblings(root);
        profile_.reason = root.text("reason").value_or("");
        if (auto checked = check_reason(profile_.reason, ErrorCode::configuration); !checked)
            root.fail("reason", "\"reason\": " + checked.error().message, checked.error().hint);
        if (profile_.kind == nullptr)
            return;
        profile_.settings =
            profile_.kind->read(root.section(profile_.kind->name),
                                {directory_, std::string(home_), profile_.name}, profile_.terms);
        root.finish();
    }

private:
    void read_cluster(SettingsSection section) {
        ClusterSettings& cluster = profile_.cluster;
        const auto server = section.text("server");
        if (!server)
            section.fail(
                "server", "\"cluster.server\" is missing",
                "name the API server's URL, for example server: https://prod.example:6443");
        else if (auto url = parse_https_url(*server, "cluster.server"))
            cluster.server = *std::move(url);
        else
            section.fail("server", url.error().message, url.error().hint);
        cluster.ca_file = read_path(section, "certificate-authority");
        if (const auto data = section.text("certificate-authority-data"))
            read_ca_data(section, *data);
        if (!cluster.ca_file.empty() && !cluster.ca_pem.empty())
            section.fail("certificate-authority-data",
                         "both certificate-authority and certificate-authority-data are given");
        cluster.tls_server_name = section.text("tls-server-name").value_or("");
        if (const auto proxy = section.text("proxy-url"))
            read_proxy(section, *proxy);
        section.finish();
    }

    void read_ca_data(SettingsSection& section, const std::string& data) {
        auto pem = base64_decode(data);
        if (!pem || pem->find("-----BEGIN CERTIFICATE-----") == std::string::npos)
            section.fail(
                "certificate-authority-data",
                "\"cluster.certificate-authority-data\" is not base64 of PEM certificates");
        else
            profile_.cluster.ca_pem = *std::move(pem);
    }

    void read_proxy(SettingsSection& section, const std::string& text) {
        auto proxy =
            parse_url(text, {"http", "https", "socks5", "socks5h"}, "cluster.proxy-url", true);
        if (proxy)
            profile_.cluster.proxy = *std::move(proxy);
        else
            section.fail("proxy-url", proxy.error().message,
                         "it looks like http://proxy.example:3128 (or https, socks5, socks5h)");
    }

    void read_cluster_info(SettingsSection& root) {
        constexpr std::string_view key = "require-cluster-info";
        if (!root.has(key) || root.text(key) == "auto")
            return;
        const auto required = root.boolean(key);
        profile_.require_cluster_info =
            required == true ? ClusterInfo::required : ClusterInfo::optional_;
    }

    // A client that says no cluster could be of any of them.
    void read_siblings(SettingsSection& root) {
        profile_.siblings = root.texts("siblings").value_or(std::vector<std::string>());
        for (const std::string& name : profile_.siblings)
            if (!is_profile_name(name) || name == profile_.name)
                root.fail("siblings", quoted(name, 80) + " is no other profile's name");
        if (profile_.siblings.size() > most_siblings)
            root.fail("siblings", "\"siblings\" names more than " + std::to_string(most_siblings) +
                                      " profiles");
        if (!profile_.siblings.empty() && profile_.require_cluster_info != ClusterInfo::required)
            root.fail("siblings", "a profile with siblings needs require-cluster-info: true",
                      "by what a client says of its cluster it is told which of them is asked for");
    }

    void read_provider(SettingsSection& root) {
        const auto name = root.text("provider");
        profile_.kind = name ? find_provider(*name) : &provider_kinds().front();
        if (profile_.kind == nullptr)
            root.fail("provider", "unknown provider " + quoted(*name),
                      "providers of this version: " + provider_names());
    }

    void read_times(SettingsSection& root) {
        if (profile_.kind == nullptr)
            return;
        const bool servers = profile_.kind->knows_a_ttl && root.text("ttl") == servers_ttl;
        const auto ttl = servers ? std::optional(Seconds(0)) : root.duration("ttl");
        profile_.terms.ttl_text = root.text("ttl").value_or("");
        const auto max_ttl = root.duration("max-ttl");
        profile_.ttl = ttl.value_or(profile_.kind->usual_ttl);
        // A default must not stand in the way of a longer or shorter explicit ttl.
        profile_.max_ttl = max_ttl.value_or(std::max(profile_.max_ttl, profile_.ttl));
        if (!ttl && max_ttl)
            profile_.ttl = std::min(profile_.ttl, *max_ttl);
        if (auto checked = check_ttl(profile_, profile_.ttl, ErrorCode::configuration); !checked)
            root.fail(ttl ? "ttl" : "max-ttl", checked.error().message, checked.error().hint);
        profile_.deadline = root.duration("deadline").value_or(profile_.kind->usual_deadline);
        if (profile_.deadline < shortest_deadline || profile_.deadline > longest_deadline)
            root.fail("deadline", "\"deadline\" must be between 1s and 2m");
        read_recheck(root);
    }

    void read_recheck(SettingsSection& root) {
        constexpr std::string_view key = "recheck";
        if (root.has(key) && root.text(key) == "off") {
            profile_.recheck = Seconds(0);
            return;
        }
        profile_.recheck = root.duration(key).value_or(profile_.recheck);
        if (profile_.recheck < shortest_recheck || profile_.recheck > longest_recheck)
            root.fail(key, "\"recheck\" must be between 5s and 24h, or off");
    }

    void read_stores(SettingsSection& root) {
        profile_.stores = root.texts("stores").value_or(default_stores());
        for (const std::string& store : profile_.stores)
            if (std::find(known_stores.begin(), known_stores.end(), store) == known_stores.end())
                root.fail("stores", "unknown store " + quoted(store),
                          "stores: kernel-keyring, secret-service, memory, file, none");
        const bool none = std::find(profile_.stores.begin(), profile_.stores.end(), "none") !=
                          profile_.stores.end();
        if (none && profile_.stores.size() > 1)
            root.fail("stores", "the store \"none\" stands alone or not at all");
    }

    void read_environment(SettingsSection& root) {
        profile_.environment = root.texts("environment").value_or(std::vector<std::string>{});
        for (const std::string& name : profile_.environment)
            if (!is_variable_name(name))
                root.fail("environment", quoted(name) + " is no name of a variable",
                          "it looks like environment: [AWS_PROFILE, AWS_REGION]");
    }

    std::string read_path(SettingsSection& section, std::string_view key) {
        const auto text = section.text(key);
        if (!text)
            return {};
        if (text->empty())
            section.fail(key, quoted(key) + " is empty");
        return resolve_path(*text, directory_, home_);
    }

    SettingsContext& context_;
    Profile& profile_;
    std::string directory_;
    std::string_view home_;
};

std::string available_hint(const std::string& directory, std::string_view name) {
    const auto names = list_profiles(directory);
    if (!names || names->empty())
        return "make one with 'leasehold setup " + std::string(name) +
               " --from-context CONTEXT ...'";
    std::string all;
    for (const std::string& other : *names)
        all += (all.empty() ? "" : ", ") + other;
    return "profiles in " + directory + ": " + all;
}

} // namespace

std::string Profile::provider() const {
    return std::string(kind->name);
}

Result<Profile> parse_profile(std::string_view text, std::string_view name, const std::string& path,
                              std::string_view home) {
    // A profile is written by hand or by us: nothing in it needs anchors, and refusing them keeps
    // what a reviewer sees what the program reads.
    LEASEHOLD_TRY_ASSIGN(const YamlNode document,
                         parse_yaml(text, path, {.limit = 1 << 20, .aliases = false}));
    Profile profile;
    profile.name = std::string(name);
    profile.path = path;
    SettingsContext context{path, std::nullopt, {}};
    ProfileReader(context, profile, home).read(document);
    if (context.error)
        return *std::move(context.error);
    profile.origins = std::move(context.origins);
    return profile;
}

Result<Profile> load_profile(const std::string& directory, std::string_view name,
                             std::string_view home) {
    if (!is_profile_name(name))
        return make_error(ErrorCode::usage, "not a profile name: " + quoted(name),
                          "names are up to 63 of a-z, 0-9, '.', '_' and '-', and begin with a "
                          "letter or digit");
    const std::string path = profile_path(directory, name);
    // Who may change the directory may put another profile in this one's place.
    LEASEHOLD_TRY(check_private_directory(directory));
    LEASEHOLD_TRY_ASSIGN(const auto file, open_checked(path, profile_file_rules()));
    if (!file)
        return make_error(ErrorCode::configuration, "there is no profile " + quoted(name),
                          available_hint(directory, name));
    LEASEHOLD_TRY_ASSIGN(const std::string text, read_all(*file, path, profile_file_rules().limit));
    LEASEHOLD_TRY_ASSIGN(Profile profile, parse_profile(text, name, path, home));
    if (profile.cluster.proxy && !profile.cluster.proxy->userinfo.empty() &&
        (file->mode & 077) != 0)
        return make_error(ErrorCode::configuration,
                          quoted(path) + " holds a proxy's password and is readable by others",
                          "chmod 600 " + shell_word(path));
    profile.identity = file->identity;
    return profile;
}

std::vector<std::string> default_stores() {
    return {"kernel-keyring", "secret-service", "memory"};
}

std::span<const std::string_view> store_names() {
    return known_stores;
}

std::string ttl_text(const Profile& profile) {
    return profile.ttl == Seconds(0) ? std::string(servers_ttl) : format_duration(profile.ttl);
}

Result<std::vector<std::string>> list_profiles(const std::string& directory) {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, int (*)(DIR*)> opened(::opendir(directory.c_str()), ::closedir);
    if (!opened && errno == ENOENT)
        return names;
    if (!opened)
        return system_error(ErrorCode::configuration, "cannot list " + quoted(directory), errno);
    const auto next = [&] {
        errno = 0;
        return ::readdir(opened.get());
    };
    while (const dirent* entry = next()) {
        std::string_view file(entry->d_name);
        if (!file.ends_with(profile_suffix))
            continue;
        file.remove_suffix(profile_suffix.size());
        if (is_profile_name(file))
            names.emplace_back(file);
    }
    // One that were left out would count as gone, with all that is its.
    if (errno != 0)
        return system_error(ErrorCode::configuration, "cannot list " + quoted(directory), errno);
    std::sort(names.begin(), names.end());
    return names;
}

Result<void> check_ttl(const Profile& profile, Seconds ttl, ErrorCode code) {
    if (ttl == Seconds(0) && profile.kind->knows_a_ttl)
        return {};
    if (ttl < profile.kind->shortest_ttl)
        return make_error(code, "a TTL of " + format_duration(ttl) + " is too short",
                          std::string(profile.kind->why_shortest));
    if (ttl > profile.max_ttl)
        return make_error(code,
                          "a TTL of " + format_duration(ttl) +
                              " is over this profile's max-ttl of " +
                              format_duration(profile.max_ttl),
                          "ask for less, or raise max-ttl in " +
                              (profile.path.empty() ? "the profile" : profile.path));
    return {};
}

Result<void> check_reason(std::string_view reason, ErrorCode code) {
    if (reason.size() <= longest_reason && has_no_control_characters(reason))
        return {};
    return make_error(code, "a reason is one line of at most 256 bytes",
                      "say where more is to be read: a ticket's number, a link");
}

Result<void> check_namespace(const Profile& profile, std::string_view namespace_) {
    const std::vector<std::string>& allowed = profile.terms.namespaces;
    if (profile.terms.others && is_dns_label(namespace_))
        return {};
    if (allowed.empty() || std::find(allowed.begin(), allowed.end(), namespace_) != allowed.end())
        return {};
    return make_error(ErrorCode::denied,
                      "profile " + quoted(profile.name) + " leases nothing in namespace " +
                          quoted(namespace_),
                      "its namespaces: " + joined_for_people(allowed) + "; others stand in " +
                          profile.provider() + ".namespaces of " + profile.path);
}

} // namespace leasehold::lease
