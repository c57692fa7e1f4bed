#include "helper/checks/stores.hpp"

#include "cache/store/store.hpp"
#include "cache/token_cache.hpp"
#include "helper/providers/assembly.hpp"
#include "src/base/time.hpp"

#include <algorithm>
#include <map>

namespace leasehold::helper {
namespace {

using Names = std::vector<std::string>;

constexpr std::string_view what_to_do =
    "allow the kernel keyring (a container's seccomp profile: keyctl, add_key, request_key), or "
    "mount a memory file system of your own at /dev/shm or XDG_RUNTIME_DIR, or, where the disk is "
    "private, add \"file\" to the profile's stores; 'stores: [none]' says that it is meant";

constexpr std::string_view against_evictions =
    "see that the runtime directory can be written to, so that what the key quota has no room for "
    "is sealed there, or raise /proc/sys/kernel/keys/maxbytes; 'leasehold cache clear' and a "
    "restart count anew";

std::string store_remedy(std::string_view store, const cache::StoreError& error) {
    switch (error.fault) {
    case cache::StoreFault::locked:
        return "unlock the login keyring (log in at the desktop, or run "
               "'gnome-keyring-daemon --unlock')";
    case cache::StoreFault::timed_out:
        return "the daemon hangs: restart it; until then leasehold goes on without it";
    case cache::StoreFault::full:
        return "the kernel allows each user little (/proc/sys/kernel/keys/maxbytes); "
               "'leasehold cache clear' frees what is ours";
    case cache::StoreFault::refused:
        return error.hint.empty() ? "it refuses what we ask; see the message" : error.hint;
    case cache::StoreFault::unavailable:
        if (store == "kernel-keyring")
            return "containers often forbid it (seccomp); there the store \"memory\" serves, or "
                   "\"file\" if a profile names it";
        if (store == "secret-service")
            return "no session bus or no service here (ssh, cron, CI): fine as long as another "
                   "store works; for a desktop install gnome-keyring or KeePassXC";
        return error.hint.empty() ? "fine as long as another store works" : error.hint;
    case cache::StoreFault::failed:
        break;
    }
    return "see the message; leasehold goes on without it";
}

// What each store answered, each asked once.
class Findings {
public:
    explicit Findings(const Process& process) : process_(process) {}

    // What a store that works holds.
    [[nodiscard]] cache::StoreResult<cache::StoreState> state_of(const std::string& name) const {
        const auto stores = make_stores(process_, {name});
        return stores.empty() ? cache::StoreResult<cache::StoreState>(cache::StoreState{})
                              : stores.front()->state();
    }

    // What is answered stays where it is while others are asked.
    const cache::StoreResult<void>& of(const std::string& name) {
        if (const auto known = all_.find(name); known != all_.end())
            return known->second;
        const auto stores = make_stores(process_, {name});
        auto finding = stores.empty() ? cache::StoreResult<void>() : stores.front()->check();
        return all_.emplace(name, std::move(finding)).first->second;
    }

    // "none" is meant, and so no trouble.
    bool any_works(const Names& names) {
        return std::any_of(names.begin(), names.end(),
                           [this](const std::string& name) { return bool(of(name)); });
    }

    // "kernel-keyring: Operation not permitted; ..."
    std::string troubles(const Names& names) {
        std::string text;
        for (const std::string& name : names)
            if (const auto& finding = of(name); !finding)
                text += (text.empty() ? "" : "; ") + name + ": " + finding.error().message;
        return text;
    }

private:
    const Process& process_;
    std::map<std::string, cache::StoreResult<void>> all_;
};

struct Use {
    std::string profile; // "" for the defaults
    Names stores;
};

// Which stores are used by whom. A profile that cannot be read is told of elsewhere.
std::vector<Use> store_uses(const Process& process, const std::optional<std::string>& profile) {
    Names names;
    if (profile)
        names = {*profile};
    else if (auto all = lease::list_profiles(process.directories.profiles()))
        names = *std::move(all);
    std::vector<Use> uses;
    for (const std::string& name : names)
        if (auto loaded = load_profile(process, name))
            uses.push_back({name, std::move(loaded->stores)});
    if (uses.empty())
        uses.push_back({"", lease::default_stores()});
    return uses;
}

std::string nothing_kept_text(const std::string& troubles) {
    return "leasehold: no store keeps this lease, so that each call of a client leases anew (" +
           troubles + ")\nhint: " + std::string(what_to_do) + '\n';
}

CheckStep store_step(Findings& findings, const std::string& name) {
    const auto& finding = findings.of(name);
    // Most machines without a desktop have none, and never will.
    if (!finding && name == "secret-service" &&
        finding.error().fault == cache::StoreFault::unavailable &&
        findings.any_works({"kernel-keyring", "memory"}))
        return ok_step("store " + name,
                       "none here, and another store works: " + finding.error().message);
    if (!finding)
        return warning_step("store " + name, finding.error().message,
                            store_remedy(name, finding.error()));
    const auto state = findings.state_of(name);
    if (!state)
        return warning_step("store " + name, state.error().message,
                            store_remedy(name, state.error()));
    std::string text = "works, holds " + std::to_string(state->entries) +
                       (state->entries == 1 ? " entry" : " entries") +
                       (state->room.empty() ? "" : ": ") + state->room;
    if (state->evicted == 0)
        return ok_step("store " + name, text);
    return warning_step("store " + name,
                        text + "; " + std::to_string(state->evicted) +
                            " gave way before their end for lack of room, the last at " +
                            format_rfc3339(state->last_evicted),
                        std::string(against_evictions));
}

} // namespace

std::vector<CheckStep> check_stores(const Process& process,
                                    const std::optional<std::string>& profile) {
    Findings findings(process);
    Names names = lease::default_stores();
    std::string without;
    const std::vector<Use> uses = store_uses(process, profile);
    for (const Use& use : uses) {
        for (const std::string& name : use.stores)
            if (name != "none" && std::find(names.begin(), names.end(), name) == names.end())
                names.push_back(name);
        if (!findings.any_works(use.stores))
            without += (without.empty() ? "" : ", ") +
                       (use.profile.empty() ? "the default stores" : use.profile);
    }
    std::vector<CheckStep> steps;
    for (const std::string& name : names)
        steps.push_back(store_step(findings, name));
    if (!without.empty())
        steps.push_back(failed_step(
            "stores", make_error(ErrorCode::store,
                                 "none works for " + without +
                                     ": nothing is kept, so that each call of a client leases anew",
                                 std::string(what_to_do))));
    return steps;
}

std::string not_kept_text(const cache::TokenCache& cache) {
    std::string troubles;
    for (const cache::Notice& notice : cache.notices())
        troubles += (troubles.empty() ? "" : "; ") + notice.store + ": " + notice.error.message;
    return cache.kept() || troubles.empty() ? "" : nothing_kept_text(troubles);
}

std::string no_store_text(const Process& process, const Names& stores) {
    Findings findings(process);
    return findings.any_works(stores) ? "" : nothing_kept_text(findings.troubles(stores));
}

} // namespace leasehold::helper
