// leasehold lease list | show.
#include "helper/commands/commands.hpp"
#include "helper/lease_book/profile_books.hpp"
#include "helper/lease_book/text.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/terminal/options.hpp"

#include <algorithm>
#include <set>

namespace leasehold::helper {
namespace {

lease::BookScope scope_of(const Options& options) {
    return options.has("all-holders") ? lease::BookScope::all_holders : lease::BookScope::own;
}

bool is_silence(const Error& error) {
    return error.code == ErrorCode::timed_out || error.code == ErrorCode::unreachable;
}

// What the servers know. One that cannot be asked is told on stderr, and is an error only where
// nobody else's word would be worth anything.
Result<std::vector<lease::LeaseEntry>> read_books(const Process& process, const Options& options,
                                                  std::vector<AskedBook>& asked) {
    std::vector<lease::LeaseEntry> entries;
    std::set<std::string> silent; // a server is waited for once, however many profiles have it
    LEASEHOLD_TRY_ASSIGN(auto books, open_books(process, options.text("profile"), scope_of(options),
                                                options.verbose()));
    for (ProfileBook& one : books) {
        if (!one.book)
            continue;
        const std::string& name = one.assembly->profile().name;
        const std::string server = one.assembly->profile().cluster.server.text();
        if (silent.contains(server)) {
            process.complain("leasehold: the server's view of profile " + name +
                             " is left out: " + server + " did not answer a moment ago\n");
            continue;
        }
        const Deadline deadline = Deadline::after(one.time);
        announce("waiting for " + server);
        start_watchdog(deadline);
        auto listed = one.book->list(deadline);
        if (!listed) {
            if (is_silence(listed.error()))
                silent.insert(server);
            if (options.has("all-holders") && options.has("profile"))
                return std::move(listed).error();
            process.complain("leasehold: the server's view of profile " + name +
                             " is left out: " + listed.error().message + '\n');
            continue;
        }
        asked.push_back({name, server});
        for (lease::LeaseEntry& entry : *listed) {
            if (entry.profile.empty() && entry.ours)
                entry.profile = name;
            entries.push_back(std::move(entry));
        }
    }
    return entries;
}

// What the server knows of the one lease. Of one that a store holds, not to reach it is told only.
Result<std::vector<lease::LeaseEntry>> look_up(const Process& process, const Options& options,
                                               const std::string& id,
                                               const std::vector<ListedLease>& local,
                                               std::vector<AskedBook>& asked) {
    auto found =
        find_book(process, id, options.text("profile"), scope_of(options), options.verbose());
    std::vector<lease::LeaseEntry> entries;
    const bool is_local = std::any_of(local.begin(), local.end(),
                                      [&](const ListedLease& lease) { return lease.id == id; });
    if (!found && is_local) {
        process.complain("leasehold: the server's view is left out: " + found.error().message +
                         '\n');
        return entries;
    }
    if (!found)
        return std::move(found).error();
    if (!found->book)
        return entries;
    const lease::Profile& profile = found->assembly->profile();
    const Deadline deadline = Deadline::after(profile.deadline);
    start_watchdog(deadline);
    LEASEHOLD_TRY_ASSIGN(auto entry, found->book->show(id, deadline));
    asked.push_back({profile.name, profile.cluster.server.text()});
    if (entry)
        entries.push_back(*std::move(entry));
    return entries;
}

// What its server has revoked is good for nothing, so that no store need keep it.
Result<void> forget_revoked(const Process& process, std::vector<LeaseRow>& rows) {
    for (LeaseRow& row : rows) {
        if (row.entry.state != "revoked" || row.cached.empty())
            continue;
        LEASEHOLD_TRY(clear_leases(process, row.entry.profile, row.entry.id));
        process.complain("leasehold: forgot the token of lease " + row.entry.id +
                         ", which is revoked\n");
        row.cached.clear();
        row.stores.clear();
    }
    return {};
}

} // namespace

void declare_lease_list(Options& options) {
    options.examples("leasehold lease list", "leasehold lease list prod --local",
                     "leasehold lease list --all-holders -o wide");
    options.value("profile", "only this profile's")
        .flag("all-holders", "also those of other people and profiles that the requester may see")
        .flag("local", "only what the stores hold: no server is asked")
        .positional("NAME")
        .list_output();
}

Result<int> run_lease_list(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    const OutputFormat format = call.format;
    LEASEHOLD_TRY_ASSIGN(const auto local, list_leases(process, options.text("profile")));
    std::vector<AskedBook> asked;
    std::vector<lease::LeaseEntry> entries;
    if (!options.has("local")) {
        LEASEHOLD_TRY_ASSIGN(entries, read_books(process, options, asked));
    }
    std::vector<LeaseRow> rows = join_views(entries, local, asked);
    LEASEHOLD_TRY(forget_revoked(process, rows));
    print_rows(process, rows, format, options.table_style());
    return 0;
}

void declare_lease_show(Options& options) {
    options.examples("leasehold lease show ID", "leasehold lease show ID --all-holders",
                     "leasehold lease show ID -o json");
    options.value("profile", "the profile that leased it (default: looked for)")
        .flag("all-holders", "it may be another's")
        .output()
        .positional("ID");
}

Result<int> run_lease_show(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    const OutputFormat format = call.format;
    LEASEHOLD_TRY_ASSIGN(const std::string id, options.required("ID"));
    LEASEHOLD_TRY_ASSIGN(const auto local, list_leases(process, options.text("profile")));
    std::vector<AskedBook> asked;
    LEASEHOLD_TRY_ASSIGN(const auto entries, look_up(process, options, id, local, asked));
    for (LeaseRow& row : join_views(entries, local, asked))
        if (row.entry.id == id) {
            if (row.server.empty() && !asked.empty())
                row.server = asked.front().server;
            print_entry(process, row, format);
            return 0;
        }
    return make_error(ErrorCode::configuration, "there is no lease " + id,
                      "'leasehold lease list' tells the ids");
}

} // namespace leasehold::helper
