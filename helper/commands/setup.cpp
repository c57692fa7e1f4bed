// leasehold setup: from nothing to a working kubectl in one step.
#include "helper/commands/commands.hpp"
#include "helper/lease_book/text.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/profile_drafting/flags.hpp"
#include "helper/profile_drafting/kubeconfig_entry.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/terminal/keyring_prompt.hpp"
#include "helper/terminal/options.hpp"
#include "helper/terminal/secret_input.hpp"
#include "src/base/time.hpp"

#include <unistd.h>

namespace leasehold::helper {
namespace {

// What a person is asked for when the flags do not say it.
Result<Arguments> ask_for_missing(Arguments arguments, const Options& options) {
    if (!can_ask() || options.text("provider").value_or("kubernetes") != "kubernetes")
        return arguments;
    const auto ask = [&](const char* flag, const char* prompt,
                         const char* fallback) -> Result<void> {
        if (options.has(flag))
            return {};
        LEASEHOLD_TRY_ASSIGN(const std::string answer, ask_line(prompt, fallback));
        if (!answer.empty()) {
            arguments.push_back("--" + std::string(flag));
            arguments.push_back(answer);
        }
        return {};
    };
    if (!options.has("server"))
        LEASEHOLD_TRY(
            ask("from-context", "kubeconfig context of the cluster (empty: current)", ""));
    if (!options.has("server") && !options.has("from-context") && !options.has("from-kubeconfig"))
        arguments.push_back("--from-context=");
    LEASEHOLD_TRY(ask("namespace", "namespace of the service account", "default"));
    if (options.text("credential").value_or("static") == "static")
        LEASEHOLD_TRY(ask("service-account", "service account to lease tokens of", ""));
    return arguments;
}

void declare(Options& options) {
    add_profile_flags(options);
    add_entry_flags(options);
    declare_prompt(options);
    options.flag("keep-current", "do not make the new context the current one")
        .flag("no-check", "do not lease a token now")
        .positional("NAME");
}

Options setup_options() {
    Options options("setup",
                    "NAME --from-context CONTEXT --namespace NAMESPACE --service-account NAME "
                    "[OPTIONS]",
                    "Writes a profile, leases a first token to see that it works, and writes the "
                    "kubeconfig entry, which becomes the current context. On a terminal it asks "
                    "for what is missing. If the lease fails nothing is left behind.");
    declare(options);
    return options;
}

// A first lease, through the cache like any other, so that the first kubectl finds it there.
Result<Obtained> first_lease(Assembly& assembly, Deadline deadline) {
    const lease::LeaseRequest request = default_request(assembly.profile());
    LEASEHOLD_TRY_ASSIGN(const cache::CacheKey key, lease_key(assembly.profile(), request));
    forget_failure(assembly.parts().lock_directory, assembly.profile(), key);
    return obtain(assembly.parts(), assembly.profile(), request, key, Eagerness::serve, deadline);
}

std::string summary(const ProfileDraft& draft, const EntryOutcome& entry,
                    const std::optional<Obtained>& obtained) {
    const lease::Profile& profile = draft.profile;
    std::string text = "profile      " + profile.name + " in " + profile.path + '\n' +
                       "kubeconfig   context " + entry.context + " in " + entry.file +
                       (entry.diff.empty() ? " (unchanged)" : "") + '\n';
    if (obtained)
        text += "lease        " + (obtained->subject.empty() ? "cached" : obtained->subject) +
                " until " + format_rfc3339(obtained->reported_expiry) + '\n';
    if (entry.current != entry.previous_current)
        text += "current      " + entry.current +
                (entry.previous_current.empty() ? ""
                                                : " (was " + entry.previous_current +
                                                      "; back with: kubectl config use-context " +
                                                      entry.previous_current + ")") +
                '\n';
    const bool current = entry.current == entry.context;
    text += "next         kubectl " + (current ? "" : "--context " + entry.context + ' ') +
            "auth whoami\n";
    return text;
}

} // namespace

Result<int> run_setup(Process& process, const Arguments& given) {
    Options first = setup_options();
    LEASEHOLD_TRY(first.parse(given));
    if (first.help_wanted()) {
        process.print(first.help());
        return 0;
    }
    LEASEHOLD_TRY_ASSIGN(const std::string name, first.required("NAME"));
    LEASEHOLD_TRY_ASSIGN(const Arguments arguments, ask_for_missing(given, first));
    Options options = setup_options();
    LEASEHOLD_TRY(options.parse(arguments));
    LEASEHOLD_TRY_ASSIGN(EntryWish wish, read_entry_flags(options));
    wish.set_current = !options.has("keep-current");
    LEASEHOLD_TRY_ASSIGN(ProfileDraft draft, draft_profile(process, options, name));
    if (!options.has("no-check"))
        unlock_if_allowed(process, options, draft.profile.stores);
    const bool existed = ::access(draft.profile.path.c_str(), F_OK) == 0;
    LEASEHOLD_TRY_ASSIGN(const bool changed, write_profile(draft, options.has("force")));
    // Only what was not there before is taken away again.
    const auto undo = [&] {
        if (changed && !existed)
            (void)::unlink(draft.profile.path.c_str());
    };
    const Deadline deadline = Deadline::after(draft.profile.deadline);
    start_watchdog(deadline);
    std::optional<Obtained> obtained;
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, load_profile(process, name));
    Assembly assembly(process, std::move(profile), options.verbose());
    if (!options.has("no-check")) {
        assembly.side().forget_refusals();
        auto leased = first_lease(assembly, deadline);
        if (!leased) {
            undo();
            return with_context("the first lease failed, and nothing was set up",
                                std::move(leased).error());
        }
        obtained = *std::move(leased);
    }
    auto entry = add_entry(process, assembly.profile(), wish);
    if (!entry) {
        undo();
        return std::move(entry).error();
    }
    if (!entry->notice.empty())
        process.complain("leasehold: " + entry->notice + '\n');
    assembly.log_notices();
    if (obtained && !obtained->why_not_revocable.empty())
        process.complain(
            not_revocable_text(obtained->why_not_revocable, obtained->reported_expiry));
    process.print(summary(draft, *entry, obtained));
    return 0;
}

} // namespace leasehold::helper
