// leasehold login | logout: the requester's own token, kept in the secret store.
#include "cache/store/store.hpp"
#include "helper/commands/commands.hpp"
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
#include "helper/terminal/secret_input.hpp"
#include "helper/terminal/text.hpp"
#include "src/base/names.hpp"
#include "src/base/secret_file.hpp"

#include <algorithm>

namespace leasehold::helper {
namespace {

// A store that survives the session comes first here: the token is not to be had again.
std::vector<std::string> lasting_first(const std::vector<std::string>& stores) {
    std::vector<std::string> order;
    for (const std::string& store : stores)
        if (store != "kernel-keyring")
            order.push_back(store);
    for (const std::string& store : stores)
        if (store == "kernel-keyring")
            order.push_back(store);
    return order;
}

// The name of the store that took it.
Result<std::string> keep_token(const Process& process, const lease::Profile& profile,
                               const Secret& token) {
    std::string trouble;
    for (const auto& store : make_stores(process, lasting_first(profile.stores))) {
        auto kept = store->put(bootstrap_key(profile), token, Seconds(0));
        if (kept)
            return std::string(store->name());
        trouble += std::string(trouble.empty() ? "" : "; ") + std::string(store->name()) + ": " +
                   kept.error().message;
    }
    return make_error(ErrorCode::store,
                      "no store could keep the token" + (trouble.empty() ? "" : ": " + trouble),
                      "'leasehold doctor' tells which stores work here");
}

// Whether the secret that is kept now is of the same identity: a token that was merely renewed.
bool is_same_identity(const Process& process, const lease::Profile& profile, const Secret& secret) {
    const auto before = stored_token(process, profile);
    if (!before || !*before)
        return false;
    const std::string key = identity_key(process.directories.state);
    return lease::identity::token_identity((*before)->reveal(), key) ==
           lease::identity::token_identity(secret.reveal(), key);
}

bool is_given(const Options& options, const lease::KeptFlag& flag) {
    return options.has(flag.file) || options.has(flag.input);
}

// The flag of those that were given, else the kept secret's own. One of another provider is a
// mistake: the secret is another one, too.
Result<std::string> given_flag(const Options& options, const lease::ProviderKind& kind,
                               const lease::KeptSecret& kept) {
    for (const lease::KeptFlag& flag : kind.kept_flags)
        if (is_given(options, flag))
            return std::string(flag.name);
    for (const lease::ProviderKind& other : lease::provider_kinds())
        for (const lease::KeptFlag& flag : other.kept_flags)
            if (is_given(options, flag))
                return options.usage_error(
                    "--" + std::string(options.has(flag.file) ? flag.file : flag.input) +
                        " is a flag of provider " + std::string(other.name) +
                        ", and this profile's is " + std::string(kind.name),
                    "give --" + kept.flag + "-file or --" + kept.flag + "-stdin");
    return kept.flag;
}

Result<void> check_secret(const lease::KeptSecret& kept, const Secret& secret) {
    if (secret.empty() || !has_no_control_characters(secret.reveal()))
        return make_error(ErrorCode::usage, "that is no " + kept.name, "it is one line of text");
    return {};
}

// A token has no white space at its ends; a password may.
Result<Secret> read_given(const Process& process, const Options& options,
                          const lease::KeptSecret& kept, const lease::Profile& profile) {
    LEASEHOLD_TRY_ASSIGN(const std::string flag, given_flag(options, *profile.kind, kept));
    LEASEHOLD_TRY_ASSIGN(
        Secret secret, read_secret_input(options, flag, kept.name + " for profile " + profile.name,
                                         process.directories.home));
    if (kept.bearer)
        secret = Secret(without_outer_space(secret.reveal()));
    LEASEHOLD_TRY(check_secret(kept, secret));
    return secret;
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
    options.value("profile", "the profile that asks with this secret");
    for (const lease::ProviderKind& kind : lease::provider_kinds())
        for (const lease::KeptFlag& flag : kind.kept_flags)
            if (!options.declares(flag.file))
                options.value(flag.file, (std::string(flag.help) + ", read from this file").c_str())
                    .flag(flag.input, "the same from standard input");
    options.flag("no-check", "keep it without asking the server about it");
    declare_prompt(options);
}

Result<int> run_login(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(const std::string name, options.required("profile"));
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, load_profile(process, name));
    const auto kept = profile.kind->kept(profile.settings, profile.cluster);
    if (!kept)
        return make_error(ErrorCode::configuration,
                          "profile " + name + " asks with nothing that 'leasehold login' keeps",
                          std::string(profile.kind->kept_hint) + " in " + profile.path);
    LEASEHOLD_TRY_ASSIGN(const Secret secret, read_given(process, options, *kept, profile));
    std::string accepted;
    if (!options.has("no-check")) {
        LEASEHOLD_TRY_ASSIGN(accepted, try_out(process, profile, *kept, secret, options.verbose()));
    }
    unlock_if_allowed(process, options, profile.stores);
    const bool same = is_same_identity(process, profile, secret);
    LEASEHOLD_TRY_ASSIGN(const std::string store, keep_token(process, profile, secret));
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
        .flag("keep-leases", "forget only: tokens that were handed out go on working");
}

Result<int> run_logout(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(const std::string name, options.required("profile"));
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, load_profile(process, name));
    return log_out(process, std::move(profile),
                   options.has("keep-leases") ? Leases::keep : Leases::revoke, options.verbose());
}

} // namespace leasehold::helper
