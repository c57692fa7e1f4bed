// leasehold login | logout: the requester's own token, kept in the secret store.
#include "helper/commands/commands.hpp"
#include "helper/commands/current_profile.hpp"
#include "helper/commands/login_secret.hpp"
#include "helper/lease_book/kept_secret.hpp"
#include "helper/lease_book/leaving.hpp"
#include "helper/lease_book/listing.hpp"
#include "helper/leasing/identity_key.hpp"
#include "helper/leasing/keys.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/side.hpp"
#include "helper/terminal/keyring_prompt.hpp"
#include "helper/terminal/options.hpp"
#include "helper/terminal/text.hpp"
#include "src/lease/providers.hpp"

namespace leasehold::helper {
namespace {

// Whether the secret that is kept now is of the same identity: a token that was merely renewed.
bool is_same_identity(const Process& process, const lease::Profile& profile, const Secret& secret) {
    const auto before = stored_token(process, profile);
    if (!before || !*before)
        return false;
    const std::string key = identity_key(process.directories.state);
    return lease::identity::token_identity((*before)->reveal(), key) ==
           lease::identity::token_identity(secret.reveal(), key);
}

// Asks the server whether it takes the secret. A line for people: whose it is, and until when.
Result<std::string> try_out(const Process& process, const lease::Profile& profile,
                            const lease::KeptSecret& kept, const Secret& secret, bool verbose) {
    const Deadline deadline = Deadline::after(profile.deadline);
    start_watchdog(deadline);
    Assembly assembly(process, profile, verbose);
    auto who = assembly.side().try_secret(secret, deadline);
    if (!who) {
        Error error = with_context("the " + kept.name + " is not kept", std::move(who).error());
        error.hint += std::string(error.hint.empty() ? "" : "\n") +
                      "to keep it without asking the server, add --no-check";
        return error;
    }
    return who->empty() ? std::string() : "the server knows it as " + *who + '\n';
}

} // namespace

void declare_login(Options& options) {
    options.value("profile", "the profile that asks with this secret")
        .positional("NAME")
        .flag("no-check", "keep it without asking the server about it");
    declare_secret_flags(options, Beside::nothing);
    declare_prompt(options);
}

Result<int> run_login(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(const std::string name, profile_or_current(process, options));
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, load_profile(process, name));
    const auto kept = profile.kind->kept(profile.settings, profile.cluster);
    if (!kept)
        return make_error(ErrorCode::configuration,
                          "profile " + name + " asks with nothing that 'leasehold login' keeps",
                          std::string(profile.kind->kept_hint) + " in " + profile.path);
    LEASEHOLD_TRY_ASSIGN(const Secret secret, read_login_secret(process, options, *kept, profile));
    std::string accepted;
    if (!options.has("no-check")) {
        LEASEHOLD_TRY_ASSIGN(accepted, try_out(process, profile, *kept, secret, options.verbose()));
    }
    unlock_if_allowed(process, options, profile.stores);
    const bool same = is_same_identity(process, profile, secret);
    LEASEHOLD_TRY_ASSIGN(const std::string store, keep_secret(process, profile, secret));
    if (const auto key = lease_key(process, profile, default_request(profile)))
        forget_failure(process.directories.runtime, profile, *key);
    // What another identity was given is not handed to this one.
    if (!same)
        (void)clear_leases(process, profile.name);
    Assembly assembly(process, std::move(profile), options.verbose());
    assembly.side().forget_login();
    assembly.side().forget_refusals();
    process.print(accepted + kept->name + " kept in " + store + '\n');
    if (store == "kernel-keyring")
        process.complain("hint: the kernel keyring forgets it when this machine restarts; with a "
                         "Secret Service it would last\n");
    return 0;
}

void declare_logout(Options& options) {
    options.value("profile", "the profile to forget")
        .positional("NAME")
        .flag("keep-leases", "forget only: tokens that were handed out go on working");
}

Result<int> run_logout(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(const std::string name, profile_or_current(process, options));
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, load_profile(process, name));
    return log_out(process, std::move(profile),
                   options.has("keep-leases") ? Leases::keep : Leases::revoke, options.verbose());
}

} // namespace leasehold::helper
