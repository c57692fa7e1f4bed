#include "helper/lease_book/sessions.hpp"

#include "cache/record/record.hpp"
#include "cache/store/store.hpp"
#include "helper/lease_book/kept_secret.hpp"
#include "helper/lease_book/listing.hpp"
#include "helper/providers/assembly.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/json.hpp"
#include "src/base/time.hpp"
#include "src/lease/providers.hpp"

#include <algorithm>
#include <functional>
#include <map>

namespace leasehold::helper {
namespace {

constexpr Seconds longest_ending{5};

using Visit =
    std::function<void(cache::TokenStore&, const cache::Record&, const boost::json::value& note)>;

// Each session in each store.
Result<void> for_each_session(const Process& process, const Visit& visit) {
    LEASEHOLD_TRY_ASSIGN(const auto names, store_names(process, std::nullopt));
    for (const auto& store : make_stores(process, names)) {
        const auto entries = store->list();
        if (!entries)
            continue;
        for (const Secret& bytes : *entries) {
            const auto record = cache::decode_record(bytes.reveal());
            if (!record)
                continue;
            if (const auto note = parse_json(record->note); note && json_string(*note, {"session"}))
                visit(*store, *record, *note);
        }
    }
    return {};
}

bool owns_leases(const boost::json::value& note) {
    return json_integer(note, {"owns-leases"}) == 1;
}

} // namespace

Result<std::vector<ListedSession>> list_sessions(const Process& process) {
    std::map<std::string, ListedSession> by_key;
    const auto add = [&](cache::TokenStore& store, const cache::Record& record,
                         const boost::json::value& note) {
        ListedSession& session = by_key[record.key_material];
        session.server = hostile_text(json_string(note, {"server"}).value_or(""));
        session.identity = hostile_text(json_string(note, {"identity"}).value_or(""));
        session.owns_leases = owns_leases(note);
        session.issued = record.lifetime.issued_wall;
        session.expires = record.lifetime.issued_wall + record.lifetime.ends_after.count();
        session.stores.emplace_back(store.name());
    };
    LEASEHOLD_TRY(for_each_session(process, add));
    std::vector<ListedSession> sessions;
    for (auto& [key, session] : by_key)
        sessions.push_back(std::move(session));
    return sessions;
}

Result<std::size_t> end_sessions(const Process& process) {
    LEASEHOLD_TRY_ASSIGN(const auto sessions, list_sessions(process));
    const auto count = std::count_if(sessions.begin(), sessions.end(),
                                     [](const auto& one) { return !one.owns_leases; });
    if (count == 0)
        return std::size_t(0);
    const Deadline deadline = Deadline::after(longest_ending);
    LEASEHOLD_TRY_ASSIGN(const auto names, lease::list_profiles(process.directories.profiles()));
    for (const std::string& name : names) {
        auto profile = load_profile(process, name);
        if (!profile)
            continue;
        Assembly assembly(process, *std::move(profile), false);
        if (!assembly.side().session_name().empty())
            assembly.side().end_session(deadline, false);
    }
    // Those that no profile reaches any more, in stores alone.
    const auto erase = [&](cache::TokenStore& store, const cache::Record& record,
                           const boost::json::value& note) {
        const auto key = cache::CacheKey::from_material(record.key_material);
        if (key && !owns_leases(note))
            (void)store.erase(*key);
    };
    LEASEHOLD_TRY(for_each_session(process, erase));
    return std::size_t(count);
}

Result<std::string> sharing_profile(const Process& process, const ProviderSide& side,
                                    const std::string& but) {
    const std::string own = side.session_name();
    if (own.empty())
        return std::string();
    LEASEHOLD_TRY_ASSIGN(const auto names, lease::list_profiles(process.directories.profiles()));
    for (const std::string& name : names) {
        if (name == but)
            continue;
        auto profile = load_profile(process, name);
        if (profile && Assembly(process, *std::move(profile), false).side().session_name() == own)
            return name;
    }
    return std::string();
}

void end_session_of_replaced(const Process& process, lease::Profile old) {
    // What 'login' kept for a requester that the profile has no more would lie there for good.
    if (const auto now = load_profile(process, old.name);
        now && !now->kind->kept(now->settings, now->cluster))
        (void)forget_kept_secret(process, old);
    Assembly was(process, std::move(old), false);
    // Where sessions are not told apart, others may live by this one.
    const auto sharing = sharing_profile(process, was.side(), {});
    if (!was.side().session_name().empty() && sharing && sharing->empty())
        was.side().end_session(Deadline::after(longest_ending), false);
}

boost::json::array sessions_json(const std::vector<ListedSession>& sessions) {
    boost::json::array list;
    for (const ListedSession& session : sessions)
        list.push_back(boost::json::object{
            {"kind", "session"},
            {"id", ""},
            {"profile", ""},
            {"server", session.server},
            {"subject", session.identity},
            {"issued", format_rfc3339(session.issued)},
            {"expires", format_rfc3339(session.expires)},
            {"revocable", true},
            {"state", "session"},
            {"stores", boost::json::array(session.stores.begin(), session.stores.end())}});
    return list;
}

} // namespace leasehold::helper
