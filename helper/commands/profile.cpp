// leasehold profile add | list | show | remove.
#include "helper/commands/commands.hpp"
#include "helper/commands/siblings.hpp"
#include "helper/lease_book/leaving.hpp"
#include "helper/lease_book/left_elsewhere.hpp"
#include "helper/lease_book/sessions.hpp"
#include "helper/profile_drafting/entry_removal.hpp"
#include "helper/profile_drafting/flags.hpp"
#include "helper/profile_drafting/show.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/terminal/options.hpp"
#include "helper/upkeep/gone_profiles.hpp"
#include "kubeconfig/file/location.hpp"
#include "kubeconfig/view/wrappable.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"
#include "src/lease/providers.hpp"

#include <cerrno>

#include <unistd.h>

namespace leasehold::helper {
namespace {

namespace json = boost::json;

} // namespace

void declare_profile_add(Options& options) {
    options.examples("leasehold profile add dev --from-context admin -n ci --service-account web",
                     "leasehold profile add dev --server https://dev.example \\\n"
                     "    --certificate-authority ca.pem -n ci --service-account web",
                     "leasehold profile add ro --from-context admin -n ci --credential dynamic \\\n"
                     "    --role-type cluster-role --role view");
    options.positional("NAME");
    add_profile_flags(options);
}

Result<int> run_profile_add(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(const std::string name, options.required("NAME"));
    LEASEHOLD_TRY_ASSIGN(const ProfileDraft draft, draft_profile(process, options, name));
    auto old = load_profile(process, name);
    LEASEHOLD_TRY_ASSIGN(const bool changed, write_profile(draft, options.has("force")));
    if (old && changed)
        end_session_of_replaced(process, *std::move(old));
    complain_all(process, draft.notices);
    process.complain(left_elsewhere_text(process, draft.profile));
    process.print("profile " + name + (changed ? " written to " : " is unchanged in ") +
                  draft.profile.path + '\n');
    const lease::Profile& profile = draft.profile;
    if (profile.kind->kept(profile.settings, profile.cluster))
        process.print("next: leasehold login --profile " + name + '\n');
    process.print("next: leasehold kubeconfig add " + name + '\n');
    return 0;
}

void declare_profile_list(Options& options) {
    options.examples("leasehold profile list", "leasehold profile list -o name",
                     "leasehold profile list -o json");
    options.list_output();
}

Result<int> run_profile_list(Invocation& call) {
    Process& process = call.process;
    const OutputFormat format = call.format;
    LEASEHOLD_TRY_ASSIGN(const auto names, lease::list_profiles(process.directories.profiles()));
    json::array list;
    Table table{{"NAME", "+PROVIDER", "SERVER", "SUBJECT", "TTL", "STATE"}, {}};
    for (const std::string& name : names) {
        const auto profile = load_profile(process, name);
        if (profile) {
            table.rows.push_back({name, profile->provider(), profile->cluster.server.text(),
                                  profile->kind->leased(profile->settings, profile->terms),
                                  lease::ttl_text(*profile), "ok"});
            list.push_back(profile_json(*profile));
        } else {
            table.rows.push_back({name, "-", "-", "-", "-", "broken"});
            list.push_back(json::object{{"name", name}, {"error", profile.error().message}});
        }
    }
    if (format == OutputFormat::table)
        process.print(names.empty() ? "no profiles; make one with 'leasehold setup NAME'\n"
                                    : to_table(table, call.options.table_style()));
    else
        process.print(format == OutputFormat::json ? to_json(list) : to_yaml(list));
    return 0;
}

void declare_profile_show(Options& options) {
    options.examples("leasehold profile show", "leasehold profile show prod",
                     "leasehold profile show prod -o yaml");
    options.output().positional("NAME");
}

Result<int> run_profile_show(Invocation& call) {
    Process& process = call.process;
    const OutputFormat format = call.format;
    const lease::Profile& profile = *call.profile;
    if (format == OutputFormat::json)
        process.print(to_json(profile_json_with_origins(profile)));
    else if (format == OutputFormat::yaml)
        process.print(to_yaml(profile_json_with_origins(profile)));
    else
        process.print("profile " + profile.name + ": " + profile.path + "\n\n" +
                      to_table(profile_table(profile)));
    return 0;
}

void declare_profile_remove(Options& options) {
    options.examples("leasehold profile remove dev",
                     "leasehold profile remove dev --kubeconfig-entries",
                     "leasehold profile remove dev --keep-leases");
    options.flag("kubeconfig-entries", "take its kubeconfig entries away, too")
        .flag("keep-leases", "revoke nothing: tokens that were handed out go on working")
        .positional("NAME");
}

namespace {

// The entries of a profile that is gone: taken away, or named.
Result<void> clear_entries(Process& process, const std::string& name, bool take_away) {
    LEASEHOLD_TRY_ASSIGN(RemovalOutcome found,
                         remove_entries(process, {name}, {.dry_run = !take_away}));
    if (take_away) {
        process.print(found.text);
        return found.error ? Result<void>(*std::move(found.error)) : Result<void>();
    }
    if (!found.text.empty())
        process.complain("leasehold: kubeconfig entries still name profile " + name + ": " +
                         found.found[name] + "; take them away with: leasehold kubeconfig remove " +
                         name + '\n');
    return {};
}

} // namespace

namespace {

void tell_siblings(const Process& process, const std::string& name) {
    const auto others = profiles_that_name(process, name);
    if (!others)
        return process.complain(error_text(others.error()));
    for (const std::string& other : *others)
        process.complain("leasehold: profile " + other + " still names " + name +
                         " among its siblings: clients of that cluster are refused\n"
                         "hint: leasehold profile edit " +
                         other + '\n');
}

// Contexts whose plugins stand behind the profile: without it they have none.
void tell_wrapped(const Process& process, const std::string& name) {
    const auto files = kubeconfig::kubeconfig_files(std::nullopt, process.environment);
    if (!files)
        return;
    for (const auto& one : kubeconfig::find_wrappables(kubeconfig::look(*files)))
        if (one.profile == name)
            process.complain("leasehold: context " + quoted(one.context) +
                             " is wrapped by it; put its plugin back with: leasehold kubeconfig "
                             "unwrap " +
                             shell_word(one.context) + '\n');
}

} // namespace

Result<int> run_profile_remove(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(const std::string name, options.required("NAME"));
    std::optional<ProfileNotes> notes;
    if (auto profile = load_profile(process, name)) {
        notes = notes_about(process, *profile);
        const bool keep = options.has("keep-leases");
        LEASEHOLD_TRY_ASSIGN(const int code, log_out(process, *std::move(profile),
                                                     keep ? Leases::keep : Leases::revoke, false));
        if (code != 0) {
            process.complain("leasehold: profile " + name +
                             " stays, since its leases can be revoked only with it\n"
                             "hint: to remove it all the same: leasehold profile remove " +
                             name + " --keep-leases\n");
            return code;
        }
    } else if (::access(profile_path(process, name).c_str(), F_OK) != 0) {
        return std::move(profile).error();
    }
    if (::unlink(profile_path(process, name).c_str()) != 0)
        return system_error(ErrorCode::configuration,
                            "cannot remove " + quoted(profile_path(process, name)), errno);
    if (notes)
        forget_notes_about(process, *notes);
    process.print("profile " + name + " removed\n");
    tell_siblings(process, name);
    tell_wrapped(process, name);
    const bool take_away = options.has("kubeconfig-entries");
    if (auto cleared = clear_entries(process, name, take_away); !cleared && take_away)
        return std::move(cleared).error();
    return 0;
}

} // namespace leasehold::helper
