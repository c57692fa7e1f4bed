#include "helper/lease_book/listing.hpp"

#include "cache/record/record.hpp"
#include "cache/store/quick_store.hpp"
#include "cache/stores.hpp"
#include "cache/token_cache.hpp"
#include "helper/leasing/note.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/providers/assembly.hpp"
#include "src/base/time.hpp"
#include "src/lease/profile/file.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace leasehold::helper {
namespace {

namespace json = boost::json;

std::string_view to_text(cache::Freshness freshness) {
    switch (freshness) {
    case cache::Freshness::fresh:
        return "fresh";
    case cache::Freshness::due:
        return "due";
    case cache::Freshness::spent:
        return "spent";
    }
    return "unknown";
}

// A row from a record; empty if the record is not a lease of this configuration.
std::optional<ListedLease> read_row(const cache::Record& record, const Process& process) {
    const auto note = read_lease_note(record.note);
    // The kernel keyring is one for all of a user's configuration directories.
    if (!note || note->path != lease::profile_path(process.directories.profiles(), note->profile))
        return std::nullopt;
    const Clock& clock = process.clock;
    const auto judgement = cache::judge(record.lifetime, clock.now(), clock.boot_id());
    const UnixTime ends = lease_end(*note, record.lifetime, judgement);
    return ListedLease{note->id,
                       note->profile,
                       note->server,
                       note->subject,
                       record.lifetime.issued_wall,
                       ends,
                       std::string(to_text(judgement.freshness)),
                       note->jti,
                       note->revocable,
                       note->revocable_known,
                       {},
                       note->namespace_,
                       ends <= clock.now().wall};
}

// Calls `visit` for each lease of a store.
template <class Visit>
void for_each_lease_of(cache::TokenStore& store, const std::vector<Secret>& entries,
                       const Process& process, Visit visit) {
    for (const Secret& bytes : entries) {
        const auto record = cache::decode_record(bytes.reveal());
        if (auto lease = record ? read_row(*record, process) : std::nullopt)
            visit(store, *record, *std::move(lease));
    }
}

// The same for each store.
template <class Visit>
Result<void> for_each_lease(const Process& process, const std::optional<std::string>& profile,
                            Visit visit) {
    LEASEHOLD_TRY_ASSIGN(const auto names, store_names(process, profile));
    for (const auto& store : make_stores(process, names)) {
        auto entries = store->list();
        if (!entries) {
            // What is not there at all needs no words; what could hold leases does.
            if (entries.error().fault != cache::StoreFault::unavailable)
                process.complain("leasehold: store " + std::string(store->name()) +
                                 " is left out: " + entries.error().message + '\n');
            continue;
        }
        for_each_lease_of(
            *store, *entries, process,
            [&](cache::TokenStore& of, const cache::Record& record, ListedLease lease) {
                if (!profile || lease.profile == *profile)
                    visit(of, record, std::move(lease));
            });
    }
    return {};
}

// Clearances name leases that are gone, and take room until the end of those.
Result<void> forget_notes(const Process& process) {
    LEASEHOLD_TRY_ASSIGN(const auto names, store_names(process, std::nullopt));
    for (const auto& store : make_stores(process, names))
        if (auto* quick = dynamic_cast<cache::QuickStore*>(store.get()))
            (void)quick->forget_notes();
    return {};
}

} // namespace

Result<std::vector<std::string>> store_names(const Process& process,
                                             const std::optional<std::string>& profile) {
    std::vector<std::string> profiles;
    if (profile) {
        LEASEHOLD_TRY(load_profile(process, *profile));
        profiles.push_back(*profile);
    } else {
        LEASEHOLD_TRY_ASSIGN(profiles, lease::list_profiles(process.directories.profiles()));
    }
    std::vector<std::string> names;
    const auto add = [&](const std::string& name) {
        if (std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(name);
    };
    for (const std::string& name : profiles)
        if (const auto loaded = load_profile(process, name))
            std::for_each(loaded->stores.begin(), loaded->stores.end(), add);
    if (!profile)
        for (const std::string& name : lease::default_stores())
            add(name);
    return names;
}

Result<std::vector<ListedLease>> list_leases(const Process& process,
                                             const std::optional<std::string>& profile) {
    std::map<std::string, ListedLease> by_key;
    const auto add = [&](const cache::TokenStore& store, const cache::Record& record,
                         ListedLease lease) {
        // The same key with another token is another lease: one store was not reached last time.
        const auto [row, fresh] = by_key.try_emplace(lease.id + record.key_material, lease);
        row->second.stores.emplace_back(store.name());
    };
    LEASEHOLD_TRY(for_each_lease(process, profile, add));
    std::vector<ListedLease> leases;
    for (auto& [key, lease] : by_key)
        leases.push_back(std::move(lease));
    std::sort(leases.begin(), leases.end(), [](const ListedLease& a, const ListedLease& b) {
        return std::tie(a.profile, a.subject, a.issued) < std::tie(b.profile, b.subject, b.issued);
    });
    return leases;
}

std::set<std::string> lease_ids_at_hand(const Process& process) {
    std::set<std::string> ids;
    auto names = store_names(process, std::nullopt);
    if (!names)
        return ids;
    std::erase_if(*names, cache::starts_a_program);
    for (const auto& store : make_stores(process, *names))
        if (const auto entries = store->list())
            for_each_lease_of(*store, *entries, process,
                              [&](const cache::TokenStore&, const cache::Record&,
                                  ListedLease lease) { ids.insert(std::move(lease.id)); });
    return ids;
}

Result<std::size_t> clear_leases(const Process& process, const std::optional<std::string>& profile,
                                 const std::optional<std::string>& id) {
    std::set<std::string> forgotten;
    const auto erase = [&](cache::TokenStore& store, const cache::Record& record,
                           const ListedLease& lease) {
        const auto key = cache::CacheKey::from_material(record.key_material);
        if ((id && lease.id != *id) || !key || !store.erase(*key))
            return;
        forgotten.insert(lease.id + record.key_material);
    };
    LEASEHOLD_TRY(for_each_lease(process, profile, erase));
    if (!profile && !id)
        LEASEHOLD_TRY(forget_notes(process));
    return forgotten.size();
}

std::map<std::string, Secret> unsure_tokens(const Process& process, const std::string& profile,
                                            const std::set<std::string>& ids) {
    std::map<std::string, Secret> tokens;
    const auto keep = [&](cache::TokenStore&, const cache::Record& record,
                          const ListedLease& lease) {
        if (!lease.revocable_known && ids.contains(lease.id))
            tokens.insert_or_assign(lease.id, record.token.clone());
    };
    (void)for_each_lease(process, profile, keep);
    return tokens;
}

void forget_leases(const Process& process, const std::set<std::string>& ids) {
    const auto erase = [&](cache::TokenStore& store, const cache::Record& record,
                           const ListedLease& lease) {
        const auto key = cache::CacheKey::from_material(record.key_material);
        if (key && ids.contains(lease.id))
            (void)store.erase(*key);
    };
    if (!ids.empty())
        (void)for_each_lease(process, std::nullopt, erase);
}

std::string forgotten_text(std::size_t count) {
    if (count == 0)
        return "no token was cached\n";
    return "forgot " + std::to_string(count) + (count == 1 ? " token\n" : " tokens\n");
}

Result<std::size_t> replace_lease(const Process& process, const lease::Profile& profile,
                                  const std::string& id, const lease::Lease& lease, Instant asked) {
    std::set<std::string> keys;
    const auto note = [&](cache::TokenStore&, const cache::Record& record,
                          const ListedLease& listed) {
        if (listed.id == id)
            keys.insert(record.key_material);
    };
    LEASEHOLD_TRY(for_each_lease(process, profile.name, note));
    cache::TokenCache cache(make_stores(process, profile.stores), process.clock);
    for (const std::string& material : keys)
        if (const auto key = cache::CacheKey::from_material(material))
            cache.save(*key, cached_record(process.clock, profile, lease, *key, asked));
    return keys.size();
}

json::array leases_json(const std::vector<ListedLease>& leases) {
    json::array list;
    for (const ListedLease& lease : leases)
        list.push_back(json::object{
            {"kind", "lease"},
            {"id", lease.id},
            {"profile", lease.profile},
            {"server", lease.server},
            {"subject", lease.subject},
            {"issued", format_rfc3339(lease.issued)},
            {"expires", format_rfc3339(lease.expires)},
            {"revocable", lease.revocable_known ? json::value(lease.revocable) : nullptr},
            {"state", lease.state},
            {"stores", json::array(lease.stores.begin(), lease.stores.end())}});
    return list;
}

} // namespace leasehold::helper
