// leasehold setup: from nothing to a working kubectl in one step.
#include "helper/checks/stores.hpp"
#include "helper/commands/commands.hpp"
#include "helper/commands/login_secret.hpp"
#include "helper/commands/setup_questions.hpp"
#include "helper/lease_book/kept_secret.hpp"
#include "helper/lease_book/left_elsewhere.hpp"
#include "helper/lease_book/sessions.hpp"
#include "helper/lease_book/taking_back.hpp"
#include "helper/lease_book/text.hpp"
#include "helper/leasing/keys.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/profile_drafting/entry_addition.hpp"
#include "helper/profile_drafting/flags.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/side/side.hpp"
#include "helper/providers/table.hpp"
#include "helper/terminal/keyring_prompt.hpp"
#include "helper/terminal/options.hpp"
#include "helper/terminal/secret_input.hpp"
#include "helper/upkeep/self_heal.hpp"
#include "src/base/time.hpp"
#include "src/lease/providers.hpp"

namespace leasehold::helper {
namespace {

constexpr Seconds longest_learning{5};

// The manifest below the hint's first line, so that it can be copied.
std::string with_indented_manifest(const std::string& hint) {
    std::string text;
    for (std::size_t i = 0; i < hint.size(); ++i) {
        text += hint[i];
        if (hint[i] == '\n' && i + 1 < hint.size() && hint.compare(i + 1, 3, "---") != 0)
            text += "  ";
    }
    return text;
}

// Of a right that is missing, the rule that would give it: the profile that could be checked for it
// is not there.
Error with_rule(Assembly& assembly, Error error, Deadline deadline) {
    if (error.code != ErrorCode::denied)
        return error;
    for (CheckStep& step : assembly.side().check(deadline))
        if (step.name == "rbac" && step.state == CheckStep::State::failed)
            error.hint = with_indented_manifest(step.hint);
    return error;
}

// The secret that the requester is to ask with, if it needs one that is not there. Where nobody can
// be asked, the lease says that it is missing.
Result<std::optional<Secret>> wanted_secret(const Process& process, const Options& options,
                                            const lease::Profile& profile) {
    const auto kept = profile.kind->kept(profile.settings, profile.cluster);
    const bool given = secret_is_given(options, *profile.kind);
    if (!kept)
        return given ? Result<std::optional<Secret>>(options.usage_error(
                           "profile " + profile.name + " asks with nothing that is kept",
                           std::string(profile.kind->kept_hint)))
                     : std::optional<Secret>();
    const auto stored = stored_token(process, profile);
    if (!given && (!can_ask() || (stored && *stored)))
        return std::optional<Secret>();
    LEASEHOLD_TRY_ASSIGN(Secret secret, read_login_secret(process, options, *kept, profile));
    return std::optional(std::move(secret));
}

// The steps that change something; what they did is taken back if a later one fails.
class Transaction {
public:
    Transaction(const Process& process, Assembly& assembly, Deadline deadline)
        : process_(process), assembly_(assembly), deadline_(deadline) {}

    // What the requester asks with, where it is kept for it.
    Result<void> keep(const Secret& secret) {
        if (auto before = stored_token(process_, assembly_.profile()); before)
            before_ = *std::move(before);
        auto store = keep_secret(process_, assembly_.profile(), secret);
        secret_kept_ = bool(store);
        return store ? Result<void>() : Result<void>(std::move(store).error());
    }

    // A first lease, through the cache like any other, so that the first kubectl finds it there.
    // The server is asked about one that was there already.
    Result<void> lease() {
        const lease::LeaseRequest request = default_request(assembly_.profile());
        LEASEHOLD_TRY_ASSIGN(key_, lease_key(process_, assembly_.profile(), request));
        forget_failure(assembly_.parts().lock_directory, assembly_.profile(), *key_);
        assembly_.side().forget_refusals();
        auto leased = obtain_checked(request);
        if (!leased)
            return undone(with_context("the first lease failed",
                                       with_rule(assembly_, std::move(leased).error(), deadline_)));
        obtained_ = *std::move(leased);
        return {};
    }

    // Profile and entry.
    Result<EntryOutcome> write(const ProfileDraft& draft, const EntryWish& wish) {
        // From here on it takes no longer to end than to go back.
        if (was_interrupted())
            return undone(make_error(ErrorCode::interrupted, "interrupted"));
        const auto before = read_profile_text(draft.profile.path);
        if (auto written = write_profile(draft, wish.force); !written)
            return undone(std::move(written).error());
        auto entry = add_entry(process_, assembly_.profile(), wish);
        if (entry)
            return entry;
        restore_profile_text(draft.profile.path, before);
        return undone(std::move(entry).error());
    }

    [[nodiscard]] const std::optional<Obtained>& obtained() const { return obtained_; }

private:
    Result<Obtained> obtain_checked(const lease::LeaseRequest& request) {
        const auto get = [&] {
            return obtain(assembly_.parts(), assembly_.profile(), request, *key_, Eagerness::serve,
                          deadline_);
        };
        LEASEHOLD_TRY_ASSIGN(Obtained obtained, get());
        if (!obtained.store.empty() &&
            drop_if_refused(assembly_, *key_, obtained, process_, deadline_))
            return get();
        return obtained;
    }

    Error undone(Error error) {
        if (secret_kept_) {
            (void)forget_kept_secret(process_, assembly_.profile());
            if (before_)
                (void)keep_secret(process_, assembly_.profile(), *before_);
        }
        const std::string lease =
            obtained_ ? take_back(assembly_, *obtained_, *key_, deadline_) : std::string();
        return with_context("nothing was set up" + (lease.empty() ? "" : ", and " + lease),
                            std::move(error));
    }

    const Process& process_;
    Assembly& assembly_;
    Deadline deadline_;
    // Whoever interrupts waits for what is taken back.
    LeaseInTheMaking making_{assembly_.profile().kind->keeps_a_book};
    bool secret_kept_ = false;
    std::optional<Secret> before_; // what was kept before
    std::optional<LeaseKey> key_;
    std::optional<Obtained> obtained_;
};

// What an earlier setup learned makes no difference to what is asked for now.
void keep_learned(const Process& process, Options& options, const std::string& name) {
    const auto old = load_profile(process, name);
    const char* flag = old ? provider_row(old->kind->name).learned : nullptr;
    if (flag == nullptr || options.has(flag) || options.has("force"))
        return;
    const std::string key = old->provider() + '.' + flag;
    for (const auto& [path, value] : old->kind->shown(old->settings, old->terms))
        if (path == key && !value.empty())
            options.set(flag, value);
}

// What the servers told of the provider's section, at its head.
void add_to_section(ProfileDraft& draft, const std::string& lines) {
    const std::string head = '\n' + draft.profile.provider() + ":\n";
    if (const std::size_t at = draft.text.find(head); at != std::string::npos)
        draft.text.insert(at + head.size(), lines);
}

std::string summary(const ProfileDraft& draft, const EntryOutcome& entry,
                    const std::optional<Obtained>& obtained) {
    const lease::Profile& profile = draft.profile;
    std::string text = "profile      " + profile.name + " in " + profile.path + '\n' +
                       "kubeconfig   context " + entry.context + " in " + entry.file +
                       (entry.changed ? "" : " (unchanged)") + '\n';
    if (obtained)
        text += "lease        " + (obtained->subject.empty() ? "cached" : obtained->subject) +
                " until " + format_rfc3339(obtained->ends) + '\n';
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

void declare_setup(Options& options) {
    options.examples("leasehold setup dev",
                     "leasehold setup dev --from-context admin -n ci --service-account deployer",
                     "leasehold setup ro --from-context admin -n ci --credential dynamic \\\n    "
                     "--role-type cluster-role --role view");
    add_entry_flags(options);
    declare_prompt(options);
    options.flag("keep-current", "do not make the new context the current one")
        .flag("no-check", "do not lease a token now")
        .positional("NAME");
    declare_secret_flags(options, Beside::settings);
    add_profile_flags(options);
}

Result<int> run_setup(Invocation& call) {
    Process& process = call.process;
    Options& options = call.options;
    LEASEHOLD_TRY_ASSIGN(const std::string name, options.required("NAME"));
    LEASEHOLD_TRY(ask_for_missing(process, options, name));
    LEASEHOLD_TRY_ASSIGN(EntryWish wish, read_entry_flags(options));
    wish.set_current = !options.has("keep-current");
    keep_learned(process, options, name);
    LEASEHOLD_TRY_ASSIGN(ProfileDraft draft, draft_profile(process, options, name));
    // Whatever can be known to fail fails before anything is leased or written.
    LEASEHOLD_TRY(check_profile_place(draft, options.has("force")));
    EntryWish foretold = wish;
    foretold.dry_run = true;
    LEASEHOLD_TRY_ASSIGN(const Additions expected,
                         add_entries(process, {{&draft.profile, foretold}}));
    if (expected.error)
        return *expected.error;
    if (wish.dry_run) {
        complain_all(process, draft.notices);
        complain_all(process, expected.entries.front().notices);
        process.print("# " + draft.profile.path + '\n' + draft.text + '\n' + expected.diff);
        return 0;
    }
    if (!options.has("no-check"))
        unlock_if_allowed(process, options, draft.profile.stores);
    LEASEHOLD_TRY_ASSIGN(const std::optional<Secret> secret,
                         wanted_secret(process, options, draft.profile));
    const Deadline deadline = Deadline::after(draft.profile.deadline);
    announce("waiting for " + draft.profile.cluster.server.text());
    start_watchdog(deadline);
    Assembly assembly(process, draft.profile, options.verbose());
    Transaction transaction(process, assembly, deadline);
    if (secret)
        LEASEHOLD_TRY(transaction.keep(*secret));
    if (!options.has("no-check")) {
        LEASEHOLD_TRY(transaction.lease());
        add_to_section(draft, assembly.side().learn(deadline.within(longest_learning)));
    }
    auto replaced = load_profile(process, name);
    LEASEHOLD_TRY_ASSIGN(const EntryOutcome entry, transaction.write(draft, wish));
    if (replaced)
        end_session_of_replaced(process, *std::move(replaced));
    complain_all(process, draft.notices);
    complain_all(process, entry.notices);
    assembly.log_notices();
    const std::optional<Obtained>& obtained = transaction.obtained();
    if (obtained && !obtained->why_not_revocable.empty())
        process.complain(
            not_revocable_text(draft.profile.name, obtained->why_not_revocable, obtained->ends));
    process.complain(not_kept_text(assembly.cache()));
    process.complain(left_elsewhere_text(process, draft.profile));
    process.print(summary(draft, entry, obtained));
    return 0;
}

} // namespace leasehold::helper
