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
#include "helper/providers/side/person.hpp"
#include "helper/providers/side/side.hpp"
#include "helper/terminal/keyring_prompt.hpp"
#include "helper/terminal/options.hpp"
#include "helper/terminal/secret_input.hpp"
#include "helper/terminal/text.hpp"
#include "src/base/process.hpp"
#include "src/lease/providers.hpp"

namespace leasehold::helper {
namespace {

// For whoever types a password and a code, or looks for the right window.
constexpr Seconds patience{300};

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

// The desktop's own browser, if there is a desktop. It is not waited for.
void open_browser(const Process& process, const std::string& url) {
    process.complain("log in at:\n" + url + '\n');
    const Environment& environment = process.environment;
    const std::string opener = find_program("xdg-open", environment.value("PATH"));
    const bool desktop = environment.get("DISPLAY") || environment.get("WAYLAND_DISPLAY");
    if (opener.empty() || !desktop)
        return;
    ChildOptions child;
    child.argv = {"/bin/sh", "-c", "\"$0\" \"$1\" >/dev/null 2>&1 &", opener, url};
    child.environment = environment.all();
    (void)run_child(child, Deadline::after(Seconds(5)));
}

// A password, or what a person does in a browser, is given for a session, which is kept.
Result<int> trade_for_session(Process& process, const Options& options,
                              const lease::KeptSecret& kept, lease::Profile profile) {
    Secret secret;
    if (!kept.flag.empty()) {
        LEASEHOLD_TRY_ASSIGN(secret, read_login_secret(process, options, kept, profile));
    }
    unlock_if_allowed(process, options, profile.stores);
    const Person person{ask_secret, [&](const std::string& line) { process.complain(line + '\n'); },
                        [&](const std::string& url) { open_browser(process, url); }};
    const std::string name = profile.name;
    if (const auto key = lease_key(process, profile, default_request(profile)))
        forget_failure(process.directories.runtime, profile, *key);
    // What whoever logged in before was given is not handed to this one.
    (void)clear_leases(process, name);
    Assembly assembly(process, std::move(profile), options.verbose());
    assembly.side().forget_login();
    assembly.side().forget_refusals();
    LEASEHOLD_TRY_ASSIGN(const std::string end, assembly.side().sign_in(std::move(secret), person,
                                                                        Deadline::after(patience)));
    process.print("logged in for profile " + name + ": " + end + '\n');
    return 0;
}

} // namespace

void declare_login(Options& options) {
    options.examples("leasehold login dev", "leasehold login dev --token-file token",
                     "generate-token | leasehold login dev --token-stdin");
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
    if (kept->traded)
        return trade_for_session(process, options, *kept, std::move(profile));
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
    options.examples("leasehold logout", "leasehold logout dev",
                     "leasehold logout dev --keep-leases");
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
