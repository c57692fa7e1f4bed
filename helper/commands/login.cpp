// leasehold login | logout: the requester's own token, kept in the secret store.
#include "helper/commands/commands.hpp"
#include "helper/lease_book/ending.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/terminal/keyring_prompt.hpp"
#include "helper/terminal/options.hpp"
#include "helper/terminal/secret_input.hpp"
#include "helper/terminal/text.hpp"
#include "src/base/names.hpp"

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

// The flag of those that were given, else the kept secret's own.
std::string given_flag(const Options& options, const lease::KeptSecret& kept) {
    for (const std::string name : {"token", "client-secret", "password"})
        if (options.has((name + "-file").c_str()) || options.has((name + "-stdin").c_str()))
            return name;
    return kept.flag;
}

Result<void> check_secret(const lease::KeptSecret& kept, const Secret& secret) {
    if (kept.bearer && !is_bearer_token(secret.reveal()))
        return make_error(ErrorCode::usage, "that is no bearer token",
                          "a token is one line of letters, digits and -._~+/=");
    if (secret.empty() || !has_no_control_characters(secret.reveal()))
        return make_error(ErrorCode::usage, "that is no " + kept.name, "it is one line of text");
    return {};
}

// The session at the provider's site, where there is one.
void end_session(Process& process, lease::Profile profile, bool verbose) {
    const Deadline deadline = Deadline::after(profile.deadline);
    Assembly assembly(process, std::move(profile), verbose);
    assembly.side().end_session(deadline);
}

} // namespace

Result<int> run_login(Process& process, const Arguments& arguments) {
    Options options("login", "--profile NAME [--token-file F | --token-stdin] [--allow-prompt]",
                    "Keeps the token with which the profile's requester asks for leases in the "
                    "secret store. Without a flag it is asked for on the terminal.");
    options.value("profile", "the profile that asks with this token")
        .value("token-file", "read the token from this file")
        .flag("token-stdin", "read the token from standard input")
        .value("client-secret-file", "the client secret, read from this file")
        .flag("client-secret-stdin", "the same from standard input")
        .value("password-file", "the password, read from this file")
        .flag("password-stdin", "the same from standard input");
    declare_prompt(options);
    LEASEHOLD_TRY(options.parse(arguments));
    if (options.help_wanted()) {
        process.print(options.help());
        return 0;
    }
    LEASEHOLD_TRY_ASSIGN(const std::string name, options.required("profile"));
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, load_profile(process, name));
    const auto kept = profile.kind->kept(profile.settings, profile.cluster);
    if (!kept)
        return make_error(ErrorCode::configuration,
                          "profile " + name + " asks with nothing that 'leasehold login' keeps",
                          std::string(profile.kind->kept_hint) + " in " + profile.path);
    LEASEHOLD_TRY_ASSIGN(const Secret secret,
                         read_secret_input(options, given_flag(options, *kept),
                                           kept->name + " for profile " + name));
    LEASEHOLD_TRY(check_secret(*kept, secret));
    unlock_if_allowed(process, options, profile.stores);
    LEASEHOLD_TRY_ASSIGN(const std::string store, keep_token(process, profile, secret));
    if (const auto key = lease_key(profile, default_request(profile)))
        forget_failure(process.directories.runtime, profile, *key);
    Assembly assembly(process, std::move(profile), options.verbose());
    assembly.side().forget_login();
    assembly.side().forget_refusals();
    process.print(kept->name + " kept in " + store + '\n');
    if (store == "kernel-keyring")
        process.complain("hint: the kernel keyring forgets it when this machine restarts; with a "
                         "Secret Service it would last\n");
    return 0;
}

namespace {

// Ends what can be ended; what cannot is told. The exit code of the worst.
int revoke_all(Process& process, const std::string& name, bool verbose) {
    auto books = open_books(process, name, lease::BookScope::own, verbose);
    if (!books) {
        process.complain(error_text(books.error()));
        return static_cast<int>(books.error().code);
    }
    ProfileBook& book = books->front();
    const Deadline deadline = Deadline::after(book.assembly->profile().deadline);
    start_watchdog(deadline);
    const auto endings = end_leases(process, book, Which::all, false, deadline);
    if (!endings) {
        process.complain("leasehold: the leases could not be revoked\n" +
                         error_text(endings.error()));
        return static_cast<int>(endings.error().code);
    }
    int code = 0;
    for (const Ending& ending : *endings) {
        process.print("lease " + ending.id + ": " + ending.result +
                      (ending.detail.empty() ? "" : ", " + ending.detail) + '\n');
        // That time alone ends a lease is how the profile wants it.
        if (ending.result == "not revoked")
            code = std::max(code, ending.exit_code);
    }
    return code;
}

} // namespace

Result<int> run_logout(Process& process, const Arguments& arguments) {
    Options options("logout", "--profile NAME [--keep-leases]",
                    "Revokes the profile's leases as far as they can be revoked, and forgets the "
                    "requester's token and every cached token.");
    options.value("profile", "the profile to forget")
        .flag("keep-leases", "forget only: tokens that were handed out go on working");
    LEASEHOLD_TRY(options.parse(arguments));
    if (options.help_wanted()) {
        process.print(options.help());
        return 0;
    }
    LEASEHOLD_TRY_ASSIGN(const std::string name, options.required("profile"));
    LEASEHOLD_TRY_ASSIGN(const lease::Profile profile, load_profile(process, name));
    const int revoked =
        options.has("keep-leases") ? 0 : revoke_all(process, name, options.verbose());
    end_session(process, profile, options.verbose());
    std::string trouble;
    for (const auto& store : make_stores(process, profile.stores)) {
        auto erased = store->erase(bootstrap_key(profile));
        if (!erased && erased.error().fault != cache::StoreFault::unavailable)
            trouble += std::string(trouble.empty() ? "" : "; ") + std::string(store->name()) +
                       ": " + erased.error().message;
    }
    LEASEHOLD_TRY_ASSIGN(const int cleared, run_cache_clear(process, {"--profile", name}));
    if (!trouble.empty())
        process.complain("leasehold: a store could not be asked: " + trouble + '\n');
    return std::max(revoked, cleared);
}

} // namespace leasehold::helper
