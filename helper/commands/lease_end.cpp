// leasehold lease renew | revoke | prune.
#include "helper/commands/commands.hpp"
#include "helper/lease_book/ending.hpp"
#include "helper/lease_book/listing.hpp"
#include "helper/lease_book/profile_books.hpp"
#include "helper/lease_book/text.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/run/abandoned.hpp"
#include "helper/terminal/options.hpp"
#include "helper/terminal/secret_input.hpp"
#include "src/base/time.hpp"

namespace leasehold::helper {
namespace {

namespace json = boost::json;

lease::BookScope scope_of(const Options& options) {
    return options.has("all-holders") ? lease::BookScope::all_holders : lease::BookScope::own;
}

Deadline begin(const ProfileBook& book) {
    const Deadline deadline = Deadline::after(book.assembly->profile().deadline);
    start_watchdog(deadline);
    return deadline;
}

void print_endings(Process& process, const std::vector<Ending>& endings, OutputFormat format) {
    if (format != OutputFormat::table) {
        json::array list;
        for (const Ending& ending : endings)
            list.push_back(json::object{{"id", ending.id},
                                        {"profile", ending.profile},
                                        {"result", ending.result},
                                        {"detail", ending.detail}});
        return print_data(process, list, format);
    }
    Table table{{"ID", "PROFILE", "RESULT", "DETAIL"}, {}};
    for (const Ending& ending : endings)
        table.rows.push_back({ending.id, ending.profile, ending.result,
                              ending.detail.empty() ? "-" : ending.detail});
    process.print(endings.empty() ? "no leases to revoke\n" : to_table(table));
}

// The worst of them decides: a script must not take a lease for ended that is not.
int exit_code(const std::vector<Ending>& endings) {
    int code = 0;
    for (const Ending& ending : endings)
        code = std::max(code, ending.exit_code);
    return code;
}

Result<std::vector<Ending>> revoke_named(const Process& process, const Options& options,
                                         const std::vector<std::string>& ids) {
    std::vector<Ending> endings;
    for (const std::string& id : ids) {
        LEASEHOLD_TRY_ASSIGN(ProfileBook book, find_book(process, id, options.text("profile"),
                                                         scope_of(options), options.verbose()));
        endings.push_back(end_lease(process, book, id, options.has("force"), begin(book)));
    }
    return endings;
}

// Cached leases of profiles that are gone: ended with another profile of their cluster, if one can.
Result<void> revoke_orphans(const Process& process, const Options& options,
                            std::vector<Ending>& endings) {
    LEASEHOLD_TRY_ASSIGN(const auto leases, list_leases(process, std::nullopt));
    for (const ListedLease& lease : leases) {
        if (is_there(process, lease.profile))
            continue;
        auto book =
            find_book(process, lease.id, std::nullopt, lease::BookScope::own, options.verbose());
        if (book)
            endings.push_back(
                end_lease(process, *book, lease.id, options.has("force"), begin(*book)));
        else
            endings.push_back(not_ended(lease.id, lease.profile, book.error()));
    }
    return {};
}

Result<std::vector<Ending>> revoke_many(const Process& process, const Options& options) {
    const Which which = options.has("expired") ? Which::expired : Which::all;
    LEASEHOLD_TRY_ASSIGN(auto books, open_books(process, options.text("profile"), scope_of(options),
                                                options.verbose()));
    std::vector<Ending> endings;
    if (which == Which::all && !options.has("profile"))
        LEASEHOLD_TRY(revoke_orphans(process, options, endings));
    for (ProfileBook& book : books) {
        auto some = end_leases(process, book, which, options.has("force"), begin(book));
        if (!some) {
            process.complain("leasehold: profile " + book.assembly->profile().name +
                             ": its leases are not revoked\n" + error_text(some.error()));
            endings.push_back({"-", book.assembly->profile().name, "not revoked",
                               some.error().message, static_cast<int>(some.error().code)});
            continue;
        }
        endings.insert(endings.end(), some->begin(), some->end());
    }
    return endings;
}

} // namespace

void declare_lease_revoke(Options& options) {
    options.examples("leasehold lease revoke ID", "leasehold lease revoke --profile dev",
                     "leasehold lease revoke --all");
    options.value("profile", "the profile of the leases")
        .flag("all", "all of one's own leases, of every profile or of --profile")
        .flag("expired", "those whose time is over but whose record is still there")
        .flag("all-holders", "also those of other people and profiles, as far as RBAC goes")
        .flag("force", "drop the record though what is behind it could not be removed")
        .flag("yes", "do not ask before the leases of others are ended")
        .output()
        .positional("ID", -1);
}

Result<int> run_lease_revoke(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    const OutputFormat format = call.format;
    const auto ids = options.texts("ID");
    const bool many = options.has("all") || options.has("expired");
    if (!ids.empty() && many)
        return options.usage_error("name leases, or say --all or --expired, but not both");
    if (ids.empty() && !many && !options.has("profile"))
        return options.usage_error("which lease?",
                                   "give an ID, --all, --expired or --profile NAME");
    if (options.has("all") && options.has("all-holders"))
        LEASEHOLD_TRY(confirm(options, "this ends the leases of everybody that the requester may "
                                       "end, not only your own"));
    LEASEHOLD_TRY_ASSIGN(const auto endings, ids.empty() ? revoke_many(process, options)
                                                         : revoke_named(process, options, ids));
    print_endings(process, endings, format);
    process.complain(hints_of(endings));
    return exit_code(endings);
}

void declare_lease_renew(Options& options) {
    options.examples("leasehold lease renew ID", "leasehold lease renew ID --ttl 2h",
                     "leasehold lease renew ID -o json");
    options.value("profile", "the profile that leased it (default: looked for)")
        .value("ttl", "life of the new token (default: the profile's)")
        .output()
        .positional("ID");
}

Result<int> run_lease_renew(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    const OutputFormat format = call.format;
    LEASEHOLD_TRY_ASSIGN(const std::string id, options.required("ID"));
    LEASEHOLD_TRY_ASSIGN(const auto ttl, options.duration("ttl"));
    LEASEHOLD_TRY_ASSIGN(ProfileBook book, find_book(process, id, options.text("profile"),
                                                     lease::BookScope::own, options.verbose()));
    LEASEHOLD_TRY_ASSIGN(const lease::Renewal renewal,
                         renew_lease(process, book, id, ttl, begin(book)));
    if (!renewal.remark.empty())
        process.complain("leasehold: " + renewal.remark + '\n');
    if (renewal.lease)
        print_lease(process, book.assembly->profile(), *renewal.lease, format);
    else
        print_entry(process, {renewal.entry, "", "", {}}, format);
    return 0;
}

void declare_lease_prune(Options& options) {
    options.examples("leasehold lease prune --dry-run", "leasehold lease prune",
                     "leasehold lease prune --profile dev --all-holders");
    options.value("profile", "only this profile's")
        .flag("all-holders", "also those of other people and profiles, as far as RBAC goes")
        .flag("dry-run", "remove nothing, tell what would be removed")
        .output();
}

namespace {

// Prunes every book, and tells of those that fail; the exit code.
int prune_books(const Process& process, std::vector<ProfileBook>& books, bool dry_run,
                lease::Pruned& all) {
    int code = 0;
    const auto tell = [&](const Error& error) {
        process.complain(error_text(error));
        code = std::max(code, static_cast<int>(error.code));
    };
    for (ProfileBook& one : books) {
        if (!one.book)
            continue;
        auto pruned = one.book->prune(lease::PruneClock::either, dry_run, begin(one));
        if (!pruned) {
            tell(pruned.error());
            continue;
        }
        all.removed.insert(all.removed.end(), pruned->removed.begin(), pruned->removed.end());
        all.kept.insert(all.kept.end(), pruned->kept.begin(), pruned->kept.end());
        if (pruned->stopped)
            tell(*pruned->stopped);
    }
    return code;
}

} // namespace

Result<int> run_lease_prune(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    const OutputFormat format = call.format;
    LEASEHOLD_TRY_ASSIGN(auto books, open_books(process, options.text("profile"), scope_of(options),
                                                options.verbose()));
    lease::Pruned all;
    int code = 0;
    // First what was killed: its leases are of no use to anybody, expired or not.
    EndedRuns runs = end_abandoned_runs_of(process, options.text("profile"), options.has("dry-run"),
                                           options.verbose());
    all.removed = std::move(runs.removed);
    for (const Error& error : runs.errors) {
        process.complain(error_text(error));
        code = std::max(code, static_cast<int>(error.code));
    }
    code = std::max(code, prune_books(process, books, options.has("dry-run"), all));
    if (format != OutputFormat::table) {
        print_data(process,
                   json::object{{"dryRun", options.has("dry-run")},
                                {"removed", json::array(all.removed.begin(), all.removed.end())},
                                {"kept", json::array(all.kept.begin(), all.kept.end())}},
                   format);
        return code;
    }
    std::string text;
    for (const std::string& object : all.removed)
        text += (options.has("dry-run") ? "would remove " : "removed ") + object + '\n';
    for (const std::string& object : all.kept)
        text += "kept " + object + '\n';
    // Where something failed nobody knows whether anything has.
    process.print(text.empty() && code == 0 ? "nothing has expired\n" : text);
    return code;
}

} // namespace leasehold::helper
