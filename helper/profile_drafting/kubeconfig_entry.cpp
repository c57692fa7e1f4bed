#include "helper/profile_drafting/kubeconfig_entry.hpp"

#include "helper/profile_drafting/borrowers.hpp"
#include "helper/profile_drafting/temporary.hpp"
#include "kubeconfig/document/document.hpp"
#include "kubeconfig/file/file.hpp"
#include "kubeconfig/file/location.hpp"
#include "kubeconfig/show/diff.hpp"
#include "kubeconfig/view/view.hpp"
#include "src/base/base64.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"

#include <algorithm>
#include <climits>
#include <cstdlib>

#include <unistd.h>

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

// The text with the entry in it, and what was current before and after.
Result<std::string> edit_text(std::string old, const kubeconfig::Entry& entry,
                              const EntryWish& wish, EntryOutcome& outcome) {
    LEASEHOLD_TRY_ASSIGN(auto document, kubeconfig::KubeconfigDocument::parse(old, outcome.file));
    outcome.previous_current = document.current_context();
    LEASEHOLD_TRY_ASSIGN(const auto changes, document.upsert(entry, wish.force));
    for (const kubeconfig::Change& change : changes)
        if (change.action == kubeconfig::Change::Action::renamed)
            outcome.notices.push_back("the context " + quoted(change.name) +
                                      " that was there is kept as " + quoted(change.note) +
                                      "; 'leasehold kubeconfig remove " + entry.profile +
                                      "' gives it its name back");
    if (wish.set_current)
        LEASEHOLD_TRY(document.set_current_context(entry.context()));
    outcome.current = document.current_context();
    outcome.changed = document.text() != old;
    if (wish.dry_run)
        outcome.diff = kubeconfig::unified_diff(old, document.text(), outcome.file);
    return document.text();
}

// All files of which the entry's is one: those of KUBECONFIG, or the one that was named.
std::vector<std::string> files_around(const Process& process, const std::string& file) {
    auto files = kubeconfig::kubeconfig_files(std::nullopt, process.environment);
    if (files && std::find(files->begin(), files->end(), file) != files->end())
        return *std::move(files);
    return {file};
}

// Where the profile has an entry already, else where kubectl would write one.
Result<std::string> choose_file(const Process& process, const lease::Profile& profile,
                                const EntryWish& wish) {
    LEASEHOLD_TRY_ASSIGN(std::string usual,
                         kubeconfig::kubeconfig_to_edit(wish.kubeconfig, process.environment));
    if (wish.kubeconfig)
        return usual;
    const auto present =
        kubeconfig::files_with(kubeconfig::look(files_around(process, usual)), profile.name);
    return present.empty() ? usual : present.front();
}

// The same name in another file: one of the two would be hidden from clients.
Result<void> check_rivals(const kubeconfig::View& view, const kubeconfig::Entry& entry,
                          const EntryWish& wish, EntryOutcome& outcome) {
    using kubeconfig::Section;
    for (const auto& [section, name] :
         {std::pair(Section::clusters, entry.cluster()), std::pair(Section::users, entry.user()),
          std::pair(Section::contexts, entry.context())}) {
        const auto found = kubeconfig::rival(view, outcome.file, section, name, entry.profile);
        if (found.entry == nullptr)
            continue;
        const bool theirs_first = kubeconfig::is_before(view, found.file->path, outcome.file);
        const std::string message =
            "there is another " + std::string(kubeconfig::singular(section)) + ' ' + quoted(name) +
            " in " + found.file->path + ", and clients would take " +
            (theirs_first ? "that one: they read it first" : "ours: they read it first");
        if (!wish.force)
            return make_error(ErrorCode::configuration, message,
                              "choose another name with --context, or write it all the same with "
                              "--force");
        outcome.notices.push_back(message);
    }
    return {};
}

// Not even with --force: nobody could ask any more.
Result<void> check_borrowers(const Process& process, const lease::Profile& profile,
                             const std::string& file, const std::string& context) {
    LEASEHOLD_TRY_ASSIGN(const std::string borrower, borrower_of(process, profile, file, context));
    if (borrower.empty())
        return {};
    const std::string other = context == profile.name ? context + "-leased" : profile.name;
    return make_error(ErrorCode::configuration,
                      "the context " + quoted(context) + " of " + file + " is what profile " +
                          borrower + " asks for its tokens with",
                      "give the new context another name: --context " + other);
}

// The first file that says which context is current decides.
void see_current(const kubeconfig::View& view, const EntryWish& wish, EntryOutcome& outcome) {
    for (const kubeconfig::ViewedFile& file : view.files) {
        if (file.path == outcome.file)
            return;
        const std::string& current = file.listing.current_context;
        if (current.empty())
            continue;
        if (wish.set_current && current != outcome.context)
            outcome.notices.push_back("the current context stays " + quoted(current) + ", which " +
                                      file.path +
                                      " says and clients read first; change it with: kubectl "
                                      "config use-context " +
                                      outcome.context);
        outcome.previous_current = outcome.current = current;
        return;
    }
}

// A copy of the file as it is, beside it; the one before is replaced.
Result<void> keep_copy(const std::string& path) {
    if (::access(path.c_str(), F_OK) != 0)
        return {};
    LEASEHOLD_TRY_ASSIGN(const std::string text, kubeconfig::read_kubeconfig(path));
    return write_file(path + ".before-leasehold", text, 0600);
}

std::string with_name(std::string text, const std::string& profile) {
    constexpr std::string_view mark = "{profile}";
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
        text.replace(at, mark.size(), profile);
    return text;
}

} // namespace

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

Result<std::string> entries_alone(const Process& process,
                                  const std::vector<lease::Profile>& profiles,
                                  const EntryWish& wish, std::vector<std::string>& notices) {
    std::string text;
    for (const lease::Profile& profile : profiles) {
        EntryWish own = for_profile(wish, profile.name);
        own.set_current = text.empty();
        LEASEHOLD_TRY_ASSIGN(const kubeconfig::Entry entry,
                             make_entry(process, profile, own, notices));
        LEASEHOLD_TRY(kubeconfig::check_entry(entry, "/dev/stdout"));
        EntryOutcome outcome;
        LEASEHOLD_TRY_ASSIGN(text, edit_text(std::move(text), entry, own, outcome));
    }
    return text;
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

Result<EntryOutcome> add_entry(const Process& process, const lease::Profile& profile,
                               const EntryWish& wish) {
    EntryOutcome outcome;
    LEASEHOLD_TRY_ASSIGN(const std::string path, choose_file(process, profile, wish));
    LEASEHOLD_TRY_ASSIGN(const kubeconfig::Entry entry,
                         make_entry(process, profile, wish, outcome.notices));
    outcome.file = path;
    outcome.context = entry.context();
    LEASEHOLD_TRY(kubeconfig::check_entry(entry, path));
    LEASEHOLD_TRY(check_borrowers(process, profile, path, outcome.context));
    if (const auto notice = temporary_file(process, path))
        outcome.notices.push_back("the entry goes to " + *notice);
    const kubeconfig::View view = kubeconfig::look(files_around(process, path));
    LEASEHOLD_TRY(check_rivals(view, entry, wish, outcome));
    const auto edit = [&](std::string old) {
        return edit_text(std::move(old), entry, wish, outcome);
    };
    if (wish.backup && !wish.dry_run) {
        LEASEHOLD_TRY(kubeconfig::edit_file(path, {.dry_run = true}, edit));
        if (outcome.changed)
            LEASEHOLD_TRY(keep_copy(path));
    }
    LEASEHOLD_TRY(kubeconfig::edit_file(
        path, {.break_lock = wish.break_lock, .dry_run = wish.dry_run}, edit));
    see_current(view, wish, outcome);
    return outcome;
}

} // namespace leasehold::helper
