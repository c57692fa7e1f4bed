// leasehold profile edit | rename.
#include "helper/commands/commands.hpp"
#include "helper/commands/current_profile.hpp"
#include "helper/commands/siblings.hpp"
#include "helper/lease_book/kept_secret.hpp"
#include "helper/lease_book/leaving.hpp"
#include "helper/lease_book/left_elsewhere.hpp"
#include "helper/lease_book/sessions.hpp"
#include "helper/process/editor.hpp"
#include "helper/profile_drafting/entry_addition.hpp"
#include "helper/profile_drafting/entry_removal.hpp"
#include "helper/profile_drafting/show.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/terminal/options.hpp"
#include "helper/terminal/secret_input.hpp"
#include "helper/upkeep/gone_profiles.hpp"
#include "kubeconfig/file/location.hpp"
#include "kubeconfig/view/view.hpp"
#include "src/base/files.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/names.hpp"
#include "src/lease/providers.hpp"

#include <cerrno>

#include <unistd.h>

namespace leasehold::helper {
namespace {

Result<lease::Profile> parse(const Process& process, const std::string& name,
                             const std::string& text) {
    return lease::parse_profile(text, name, profile_path(process, name), process.directories.home);
}

// A copy for the editor, beside the profile so that relative paths in it mean the same.
class Draft {
public:
    explicit Draft(std::string path) : path_(std::move(path)) {}
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft() { (void)::unlink(path_.c_str()); }

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

// Edits until it is a profile, or the person gives up.
Result<std::string> edited(const Process& process, const std::string& name,
                           const std::string& text) {
    const Draft draft(profile_path(process, name) + ".edited-" + std::to_string(::getpid()));
    LEASEHOLD_TRY(write_file(draft.path(), text, 0600));
    for (;;) {
        LEASEHOLD_TRY(run_editor(process.environment, draft.path()));
        LEASEHOLD_TRY_ASSIGN(std::string now,
                             read_file(draft.path(), {.limit = 1 << 20}, "profile"));
        auto parsed = parse(process, name, now);
        if (parsed || now == text)
            return now;
        if (!can_ask())
            return with_context("nothing was changed", std::move(parsed).error());
        process.complain(error_text(parsed.error()));
        LEASEHOLD_TRY_ASSIGN(const std::string answer, ask_line("edit again? (Y/n)", "y"));
        if (answer != "y" && answer != "Y" && answer != "yes")
            return make_error(ErrorCode::interrupted, "nothing was changed");
    }
}

struct Place {
    std::string file;
    std::string context;
    std::string namespace_;
    bool current = false;
};

std::vector<Place> places_of(const Process& process, const std::string& profile) {
    std::vector<Place> places;
    const auto files = kubeconfig::kubeconfig_files(std::nullopt, process.environment);
    const auto current = current_context(process);
    for (const kubeconfig::ViewedFile& file :
         files ? kubeconfig::look(*files).files : std::vector<kubeconfig::ViewedFile>{})
        for (const kubeconfig::Listed& entry : file.listing.entries)
            if (entry.section == kubeconfig::Section::contexts && entry.profile == profile)
                places.push_back({file.path, entry.name, entry.namespace_,
                                  current && current->name == entry.name});
    return places;
}

Result<void> move_entries(Process& process, const std::string& from,
                          const lease::Profile& profile) {
    const std::vector<Place> places = places_of(process, from);
    if (places.empty())
        return {};
    LEASEHOLD_TRY_ASSIGN(RemovalOutcome removed, remove_entries(process, {from}, {}));
    if (removed.error)
        return *std::move(removed.error);
    for (const Place& place : places) {
        const std::string context = place.context == from ? profile.name : place.context;
        LEASEHOLD_TRY(add_entry(process, profile,
                                {.kubeconfig = place.file,
                                 .context = context,
                                 .namespace_ = place.namespace_,
                                 .set_current = place.current}));
        process.print("context " + place.context +
                      (context == place.context ? " moved along" : " is now " + context) + " in " +
                      place.file + '\n');
    }
    return {};
}

// The token that `login` kept is found by the profile's path.
Result<void> move_secret(const Process& process, const lease::Profile& from,
                         const lease::Profile& to) {
    if (!from.kind->kept(from.settings, from.cluster))
        return {};
    LEASEHOLD_TRY_ASSIGN(const auto secret, stored_token(process, from));
    if (secret)
        LEASEHOLD_TRY(keep_secret(process, to, *secret));
    return {};
}

// What kubeconfig entries say of the cluster.
bool is_same(const lease::ClusterSettings& a, const lease::ClusterSettings& b) {
    const auto one = lease::load_cluster_ca(a);
    const auto other = lease::load_cluster_ca(b);
    return a.server.text() == b.server.text() && a.tls_server_name == b.tls_server_name && one &&
           other && *one == *other;
}

} // namespace

void declare_profile_edit(Options& options) {
    options.examples("leasehold profile edit", "leasehold profile edit prod",
                     "EDITOR=nano leasehold profile edit prod");
    options.value("profile", "the profile (default: the current context's)").positional("NAME");
}

Result<int> run_profile_edit(Invocation& call) {
    Process& process = call.process;
    LEASEHOLD_TRY_ASSIGN(const std::string name, profile_or_current(process, call.options));
    const std::string path = profile_path(process, name);
    if (!is_profile_name(name) || ::access(path.c_str(), F_OK) != 0)
        return load_profile(process, name).error();
    LEASEHOLD_TRY_ASSIGN(const std::string before,
                         read_file(path, {.owned_by_me = true, .limit = 1 << 20}, "profile"));
    auto old = parse(process, name, before);
    LEASEHOLD_TRY_ASSIGN(const std::string after, edited(process, name, before));
    if (after == before) {
        process.print("profile " + name + " is unchanged\n");
        return 0;
    }
    LEASEHOLD_TRY_ASSIGN(const lease::Profile profile, parse(process, name, after));
    LEASEHOLD_TRY(write_file(path, after, 0600));
    process.print("profile " + name + " written to " + path + '\n');
    process.complain(left_elsewhere_text(process, profile));
    if (!places_of(process, name).empty() && !(old && is_same(old->cluster, profile.cluster)))
        process.print("next: leasehold kubeconfig add " + name + '\n');
    if (old)
        end_session_of_replaced(process, *std::move(old));
    return 0;
}

void declare_profile_rename(Options& options) {
    options.examples("leasehold profile rename dev staging",
                     "leasehold profile rename dev staging --keep-leases",
                     "leasehold profile rename dev staging -v");
    options.flag("keep-leases", "revoke nothing: tokens that were handed out go on working")
        .positional("NAME")
        .positional("NEW-NAME");
}

Result<int> run_profile_rename(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(const std::string from, options.required("NAME"));
    LEASEHOLD_TRY_ASSIGN(const std::string to, options.required("NEW-NAME"));
    if (!is_profile_name(to))
        return options.usage_error("not a profile name: " + quoted(to, 80));
    LEASEHOLD_TRY_ASSIGN(lease::Profile old, load_profile(process, from));
    const std::string path = profile_path(process, to);
    if (::access(path.c_str(), F_OK) == 0)
        return make_error(ErrorCode::configuration, "there is a profile " + quoted(to) + " already",
                          "take another name, or first: leasehold profile remove " + to);
    LEASEHOLD_TRY_ASSIGN(const auto others, profiles_that_name(process, from));
    if (!others.empty())
        return make_error(ErrorCode::configuration,
                          "profile " + others.front() + " names " + from + " among its siblings",
                          "clients would be refused under the new name. Change it there first: "
                          "leasehold profile edit " +
                              others.front());
    LEASEHOLD_TRY_ASSIGN(const std::string text,
                         read_file(old.path, {.owned_by_me = true, .limit = 1 << 20}, "profile"));
    LEASEHOLD_TRY_ASSIGN(lease::Profile renamed, parse(process, to, text));
    LEASEHOLD_TRY(move_secret(process, old, renamed));
    LEASEHOLD_TRY(write_file(path, text, 0600));
    LEASEHOLD_TRY(move_entries(process, from, renamed));
    const std::string old_path = old.path;
    const ProfileNotes notes = notes_about(process, old);
    LEASEHOLD_TRY_ASSIGN(const int code,
                         log_out(process, std::move(old),
                                 options.has("keep-leases") ? Leases::keep : Leases::revoke,
                                 options.verbose()));
    if (::unlink(old_path.c_str()) != 0)
        return system_error(ErrorCode::configuration, "cannot remove " + quoted(old_path), errno);
    forget_notes_about(process, notes);
    process.print("profile " + from + " is now " + to + '\n');
    return code;
}

} // namespace leasehold::helper
