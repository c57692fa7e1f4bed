// leasehold uninstall: nothing of this user's is left.
#include "cache/store/memory_store.hpp"
#include "cache/store/store.hpp"
#include "helper/commands/commands.hpp"
#include "helper/lease_book/leaving.hpp"
#include "helper/lease_book/listing.hpp"
#include "helper/lease_book/profile_books.hpp"
#include "helper/lease_book/text.hpp"
#include "helper/profile_drafting/entry_removal.hpp"
#include "helper/profile_drafting/show.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/run/files.hpp"
#include "helper/terminal/options.hpp"
#include "helper/terminal/secret_input.hpp"
#include "kubeconfig/file/location.hpp"
#include "kubeconfig/view/view.hpp"
#include "src/base/directory.hpp"
#include "src/base/hostile_text.hpp"

#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

namespace leasehold::helper {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

// Profiles that there are, and those that only kubeconfig entries still name.
Result<kubeconfig::ProfileNames> known_profiles(const Process& process) {
    LEASEHOLD_TRY_ASSIGN(const auto profiles, lease::list_profiles(process.directories.profiles()));
    kubeconfig::ProfileNames names(profiles.begin(), profiles.end());
    if (const auto files = kubeconfig::kubeconfig_files(std::nullopt, process.environment))
        for (const kubeconfig::ViewedFile& file : kubeconfig::look(*files).files)
            for (const kubeconfig::Listed& entry : file.listing.entries)
                if (entry.profile)
                    names.insert(*entry.profile);
    return names;
}

// Leases in memory that this user's processes kept under other numbers, in user namespaces.
Names memory_of_namespaces() {
    constexpr std::string_view ours = "leasehold-";
    Names paths;
    for (const auto& entry : entries_of("/dev/shm")) {
        const std::string name = entry.path().filename();
        struct stat status {};
        if (name.starts_with(ours) &&
            name.find_first_not_of("0123456789", ours.size()) == name.npos &&
            ::lstat(entry.path().c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
            status.st_uid == ::geteuid() && name != std::string(ours) + std::to_string(::geteuid()))
            paths.push_back(entry.path());
    }
    return paths;
}

// What leasehold makes in its directories. Where a variable names a directory, it may hold more.
Names files_of_ours(const Process& process) {
    const Directories& places = process.directories;
    Names paths = memory_of_namespaces();
    const auto add = [&](const std::string& directory, std::initializer_list<const char*> names) {
        for (const char* name : names)
            if (!directory.empty())
                paths.push_back(directory + '/' + name);
    };
    add(places.config, {"profiles"});
    add(places.state, {"tokens", "unrevocable", "issuers", "askers", "accounts", "sweeps", "leases",
                       "identity-key", "audit.jsonl", "audit.jsonl.1"});
    std::error_code ignored;
    for (const auto& entry : entries_of(places.runtime))
        if (entry.is_regular_file(ignored) || entry.path().filename() == "sealed")
            paths.push_back(entry.path());
    return paths;
}

// Once they are empty they go, too; a run of `leasehold exec` that is at work keeps its own.
Names directories_of_ours(const Process& process) {
    const Directories& places = process.directories;
    Names paths = places_of_runs(process);
    for (std::string& directory : cache::memory_directories(places.runtime))
        paths.push_back(std::move(directory));
    paths.insert(paths.end(), {places.config, places.state, places.runtime});
    return paths;
}

class Uninstalling {
public:
    Uninstalling(Process& process, Leases leases) : process_(process), leases_(leases) {}

    Result<int> run() {
        LEASEHOLD_TRY_ASSIGN(const auto names, known_profiles(process_));
        remove_profiles(names);
        if (code_ != 0) {
            process_.complain("leasehold: the rest is left as it is, since it is needed to revoke "
                              "these leases\nhint: to take it away all the same: leasehold "
                              "uninstall --user --keep-leases\n");
            return code_;
        }
        const auto stores = lease::store_names();
        for (const auto& store : make_stores(process_, {stores.begin(), stores.end()}))
            if (auto cleared = store->clear(); cleared && *cleared != 0)
                process_.print("store " + std::string(store->name()) + ": " +
                               std::to_string(*cleared) + " forgotten\n");
        remove_files();
        return code_;
    }

private:
    void note(const Error& error) {
        process_.complain(error_text(error));
        code_ = std::max(code_, static_cast<int>(error.code));
    }

    // Their leases, what is kept for them, and their entries. The profiles go last.
    void remove_profiles(const kubeconfig::ProfileNames& names) {
        kubeconfig::ProfileNames left;
        for (const std::string& name : names)
            if (leave(name))
                left.insert(name);
        auto removed = remove_entries(process_, left, {});
        if (!removed)
            return note(removed.error());
        process_.print(removed->text);
        if (removed->error)
            return note(*removed->error);
        for (const std::string& name : left)
            if (::unlink(profile_path(process_, name).c_str()) == 0)
                process_.print("removed profile " + name + '\n');
    }

    bool leave(const std::string& name) {
        auto profile = load_profile(process_, name);
        if (!profile)
            return true;
        const auto left = log_out(process_, *std::move(profile), leases_, false);
        if (!left)
            note(left.error());
        else
            code_ = std::max(code_, *left);
        return left && *left == 0;
    }

    void remove_files() {
        std::error_code trouble;
        for (const std::string& path : files_of_ours(process_))
            if (fs::remove_all(path, trouble); trouble)
                note(make_error(ErrorCode::configuration, "cannot remove " +
                                                              leasehold::quoted(path) + ": " +
                                                              trouble.message()));
        for (const std::string& directory : directories_of_ours(process_))
            if (!directory.empty() && ::rmdir(directory.c_str()) == 0)
                process_.print("removed " + directory + '\n');
    }

    Process& process_;
    Leases leases_;
    int code_ = 0;
};

// What stores hold, and what only servers know, since the cache was cleared or lies elsewhere.
Result<std::vector<LeaseRow>> leases_that_would_end(const Process& process) {
    LEASEHOLD_TRY_ASSIGN(const auto local, list_leases(process, std::nullopt));
    LEASEHOLD_TRY_ASSIGN(auto books, open_books(process, {}, lease::BookScope::own, false));
    std::vector<lease::LeaseEntry> entries;
    for (ProfileBook& one : books) {
        if (!one.book)
            continue;
        const lease::Profile& profile = one.assembly->profile();
        auto listed = one.book->list(Deadline::after(one.time));
        if (!listed)
            process.complain("leasehold: the server's view of profile " + profile.name +
                             " is left out: " + listed.error().message + '\n');
        else
            entries.insert(entries.end(), listed->begin(), listed->end());
    }
    return join_views(entries, local, {});
}

Result<int> foretell(Process& process) {
    LEASEHOLD_TRY_ASSIGN(const auto leases, leases_that_would_end(process));
    std::string text;
    for (const LeaseRow& row : leases) {
        const lease::LeaseEntry& lease = row.entry;
        const bool ends = (lease.revocable || !lease.revocable_known) && lease.state != "expired";
        text += std::string(ends ? "would revoke lease " : "would forget lease ") + lease.id +
                " of profile " + lease.profile + '\n';
    }
    LEASEHOLD_TRY_ASSIGN(const auto names, known_profiles(process));
    LEASEHOLD_TRY_ASSIGN(const RemovalOutcome entries,
                         remove_entries(process, names, {.dry_run = true}));
    for (const auto& [profile, contexts] : entries.found)
        text += "would remove " + contexts + '\n';
    for (const std::string& path : files_of_ours(process))
        if (::access(path.c_str(), F_OK) == 0)
            text += "would remove " + path + '\n';
    process.print(text.empty() ? "there is nothing of leasehold's\n" : text);
    return 0;
}

} // namespace

void declare_uninstall(Options& options) {
    options.examples("leasehold uninstall --user --dry-run", "leasehold uninstall --user",
                     "leasehold uninstall --user --keep-leases --yes");
    options.flag("user", "what is this user's: all there is to take away here")
        .flag("dry-run", "only tell what would be done")
        .flag("keep-leases", "revoke nothing: tokens that were handed out go on working")
        .flag("yes", "do not ask");
}

Result<int> run_uninstall(Invocation& call) {
    const Options& options = call.options;
    if (!options.has("user"))
        return options.usage_error("--user is missing",
                                   "the program itself is removed as it was installed; what it "
                                   "keeps for you goes with: leasehold uninstall --user");
    if (options.has("dry-run"))
        return foretell(call.process);
    LEASEHOLD_TRY(confirm(options, "this revokes all of your leases and removes every profile"));
    return Uninstalling(call.process, options.has("keep-leases") ? Leases::keep : Leases::revoke)
        .run();
}

} // namespace leasehold::helper
