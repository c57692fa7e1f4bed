// leasehold credential: the exec plugin.
#include "cache/notes/clearance.hpp"
#include "cache/store/quick_store.hpp"
#include "helper/commands/commands.hpp"
#include "helper/exec_protocol/arguments.hpp"
#include "helper/exec_protocol/binding.hpp"
#include "helper/exec_protocol/request.hpp"
#include "helper/leasing/keys.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/process/client_environment.hpp"
#include "helper/process/detached.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/audit_log.hpp"
#include "helper/upkeep/self_heal.hpp"
#include "helper/upkeep/sweep.hpp"
#include "src/base/hostile_text.hpp"
#include "src/lease/kubeconfig_user/plugin.hpp"

#include <memory>

namespace leasehold::helper {
namespace {

// Before the profile is read nothing is known but the default.
constexpr Seconds default_deadline{30};

// What decides who asks, as it stands; empty if it has just changed, or is too much for a hit.
std::optional<cache::Clearance> watch_asker(const Process& process, const lease::Profile& profile,
                                            const LeaseKey& key) {
    cache::Clearance clearance{key.key.digest_hex(), ""};
    if (key.files.size() > cache::most_watched_files)
        return std::nullopt;
    for (const std::string& path : key.files)
        clearance.files.push_back({path, cache::file_identity_at(path)});
    for (const std::string& name : key.variables)
        clearance.variables += (clearance.variables.empty() ? "" : " ") + name;
    clearance.variables_digest =
        cache::variables_digest(clearance.variables, [&](std::string_view name) -> const char* {
            const auto& all = process.environment.all();
            const auto found = all.find(name);
            return found == all.end() ? nullptr : found->second.c_str();
        });
    // Read once more, after the files were looked at: nothing was swapped in between.
    const auto again = lease_key(process, profile, default_request(profile));
    if (!again || again->key.digest_hex() != clearance.key_digest_hex)
        return std::nullopt;
    return clearance;
}

// The first of the profile's stores that the front asks, too, and that holds the lease; null if
// there is none.
std::unique_ptr<cache::QuickStore>
quick_store_of(const Process& process, const lease::Profile& profile, const LeaseKey& key) {
    for (auto& store : make_stores(process, profile.stores)) {
        auto* quick = dynamic_cast<cache::QuickStore*>(store.get());
        const auto held = quick == nullptr ? cache::StoreResult<std::optional<Secret>>(std::nullopt)
                                           : quick->get(key.key);
        if (held && *held) {
            (void)store.release();
            return std::unique_ptr<cache::QuickStore>(quick);
        }
    }
    return nullptr;
}

// The front serves the next hit by itself once it knows that this profile file and this exec info
// have been held against each other, and that the same identity asks.
void remember_clearance(const lease::Profile& profile, const Process& process,
                        const CredentialArguments& arguments, const ExecRequest& request,
                        const LeaseKey& key, Seconds life) {
    const auto store = quick_store_of(process, profile, key);
    if (!store)
        return;
    auto clearance = watch_asker(process, profile, key);
    if (!clearance)
        return;
    clearance->api_version = to_text(request.api_version);
    cache::ClearanceQuestion question;
    question.profile_path = profile.path;
    question.profile = profile.identity;
    question.exec_info = process.environment.value("KUBERNETES_EXEC_INFO");
    if (arguments.api_version)
        question.api_version_argument = to_text(*arguments.api_version);
    question.places = places_text([&](const char* name) {
        const auto found = process.environment.all().find(std::string_view(name));
        return found == process.environment.all().end() ? nullptr : found->second.c_str();
    });
    // If the store cannot take it, the next call is a little slower, nothing more.
    (void)cache::record_clearance(*store, cache::clearance_digest(question), *clearance, life);
}

// Whose profiles are used is the user's to say; the client was not started with this.
Result<void> check_places(const Process& process) {
    for (const auto& [name, value] : process.withheld.all())
        if (names_a_place(name))
            return make_error(
                ErrorCode::configuration,
                "a kubeconfig may not set " + name + ": the client itself was not started with " +
                    quoted(value, 200),
                "take " + name +
                    " out of the kubeconfig's exec.env and set it where the client is "
                    "started");
    return {};
}

// The profile's word lets a kubeconfig set a variable.
void let_through(Process& process, const lease::Profile& profile) {
    Environment::Variables counts = process.environment.all();
    Environment::Variables withheld = process.withheld.all();
    for (const std::string& name : profile.environment)
        if (auto given = withheld.extract(name))
            counts.insert_or_assign(name, std::move(given.mapped()));
    process.environment = Environment(std::move(counts));
    process.withheld = Environment(std::move(withheld));
}

// The profile that the arguments name, with its deadline and with what its kubeconfig may set.
Result<lease::Profile> open_profile(Process& process, const CredentialArguments& arguments) {
    LEASEHOLD_TRY(check_places(process));
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, load_profile(process, arguments.profile));
    let_through(process, profile);
    return profile;
}

// The key of the profile's lease. Who asks is not for a kubeconfig to choose.
Result<LeaseKey> key_of(const Process& process, const lease::Profile& profile,
                        const lease::LeaseRequest& wanted) {
    LEASEHOLD_TRY_ASSIGN(LeaseKey key, lease_key(process, profile, wanted));
    for (const std::string& name : key.variables)
        if (process.withheld.get(name))
            return make_error(ErrorCode::configuration,
                              "a kubeconfig may not set " + name +
                                  ", which decides who asks: the client itself was not started "
                                  "with this value",
                              "set it where the client is started, or let kubeconfigs set it: "
                              "environment: [" +
                                  name + "] in " + profile.path);
    return key;
}

} // namespace

Result<int> run_credential(Invocation& call) {
    Process& process = call.process;
    const Arguments& words = call.words;
    const Deadline longest = Deadline::after(default_deadline);
    start_watchdog(longest);
    LEASEHOLD_TRY_ASSIGN(const CredentialArguments arguments,
                         parse_credential_arguments({words.begin(), words.end()}));
    LEASEHOLD_TRY_ASSIGN(
        const ExecRequest request,
        parse_exec_request(process.environment.get("KUBERNETES_EXEC_INFO"), arguments.api_version));
    LEASEHOLD_TRY(lease::check_no_loop(process.environment, arguments.profile));
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, open_profile(process, arguments));
    const Deadline deadline = Deadline::after(profile.deadline);
    start_watchdog(deadline);
    if (auto bound = check_cluster_binding(request, profile); !bound) {
        const AuditLog log(audit_log_path(process.directories.state), process.clock);
        log.write(failed_event(profile, bound.error()));
        return std::move(bound).error();
    }
    if (takes_another_proxy(request, profile)) {
        const AuditLog log(audit_log_path(process.directories.state), process.clock);
        log.write({.event = "notice",
                   .profile = profile.name,
                   .provider = profile.provider(),
                   .detail = "the client goes through a proxy that is not the profile's: " +
                             quoted(request.cluster->proxy_url)});
    }
    const lease::LeaseRequest wanted = default_request(profile);
    LEASEHOLD_TRY_ASSIGN(const LeaseKey key, key_of(process, profile, wanted));
    Assembly assembly(process, std::move(profile), false);
    LEASEHOLD_TRY_ASSIGN(Obtained obtained, obtain(assembly.parts(), assembly.profile(), wanted,
                                                   key, Eagerness::serve, deadline));
    if (!obtained.store.empty())
        obtained = heal(assembly, wanted, key, std::move(obtained), process.environment,
                        process.clock, deadline);
    if (obtained.store.empty())
        note_handing(assembly.parts(), key.key, obtained.token);
    remember_clearance(assembly.profile(), process, arguments, request, key,
                       obtained.lifetime.ends_after);
    const Secret json = to_exec_credential_json(request.api_version, obtained.token.reveal(),
                                                obtained.reported_expiry);
    if (!print_credential(1, json))
        return make_error(ErrorCode::internal, "stdout could not take the credential");
    if (obtained.store.empty() && take_sweep(process, assembly.profile()))
        start_detached(process.libexec + "/leasehold", "sweep-in-background",
                       assembly.profile().name, process.environment);
    return 0;
}

// Called by the above, detached.
Result<int> run_sweep_in_background(Invocation& call) {
    Process& process = call.process;
    const Arguments& words = call.words;
    LEASEHOLD_TRY_ASSIGN(const CredentialArguments arguments,
                         parse_credential_arguments({words.begin(), words.end()}));
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, open_profile(process, arguments));
    const Deadline deadline = Deadline::after(profile.deadline);
    start_watchdog(deadline);
    Assembly assembly(process, std::move(profile), false);
    sweep(assembly, deadline);
    return 0;
}

// Called by the front, detached, after it has served a token that is due for renewal.
Result<int> run_renew_in_background(Invocation& call) {
    Process& process = call.process;
    const Arguments& words = call.words;
    LEASEHOLD_TRY_ASSIGN(const CredentialArguments arguments,
                         parse_credential_arguments({words.begin(), words.end()}));
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, open_profile(process, arguments));
    const Deadline deadline = Deadline::after(profile.deadline);
    start_watchdog(deadline);
    const lease::LeaseRequest wanted = default_request(profile);
    LEASEHOLD_TRY_ASSIGN(const LeaseKey key, key_of(process, profile, wanted));
    Assembly assembly(process, std::move(profile), false);
    LEASEHOLD_TRY(
        obtain(assembly.parts(), assembly.profile(), wanted, key, Eagerness::renew, deadline));
    if (take_sweep(process, assembly.profile()))
        sweep(assembly, deadline);
    return 0;
}

} // namespace leasehold::helper
