// leasehold cache list | clear.
#include "helper/commands/commands.hpp"
#include "helper/lease_book/listing.hpp"
#include "helper/lease_book/sessions.hpp"
#include "helper/lease_book/text.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/terminal/keyring_prompt.hpp"
#include "helper/terminal/options.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"

namespace leasehold::helper {
namespace {

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts)
        out += (out.empty() ? "" : ", ") + text;
    return out;
}

} // namespace

void declare_cache_list(Options& options) {
    options.examples("leasehold cache list", "leasehold cache list dev",
                     "leasehold cache list -o json");
    options.value("profile", "only this profile's").positional("NAME").list_output();
    declare_prompt(options);
}

Result<int> run_cache_list(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    const OutputFormat format = call.format;
    std::vector<std::string> stores{"secret-service"};
    if (const auto name = options.text("profile")) {
        LEASEHOLD_TRY_ASSIGN(const lease::Profile profile, load_profile(process, *name));
        stores = profile.stores;
    }
    unlock_if_allowed(process, options, stores);
    LEASEHOLD_TRY_ASSIGN(const auto leases, list_leases(process, options.text("profile")));
    std::vector<ListedSession> sessions;
    if (!options.has("profile")) { // a session is its identity's, and not a profile's
        LEASEHOLD_TRY_ASSIGN(sessions, list_sessions(process));
    }
    if (format != OutputFormat::table) {
        boost::json::array list = leases_json(leases);
        for (boost::json::value& session : sessions_json(sessions))
            list.push_back(std::move(session));
        process.print(format == OutputFormat::json ? to_json(list) : to_yaml(list));
        return 0;
    }
    Table table{
        {"PROFILE", "+SERVER", "-ACCOUNT", "+SUBJECT", "+EXPIRES", "-LEFT", "STATE", "STORES"}, {}};
    const UnixTime now = process.clock.now().wall;
    for (const ListedLease& lease : leases)
        table.rows.push_back({lease.profile, lease.server, short_subject(lease.subject),
                              lease.subject, format_rfc3339(lease.expires),
                              time_left(lease.expires, now), lease.state, joined(lease.stores)});
    for (const ListedSession& session : sessions)
        table.rows.push_back({"-", session.server, session.identity, session.identity,
                              format_rfc3339(session.expires), time_left(session.expires, now),
                              "session", joined(session.stores)});
    process.print(table.rows.empty() ? "the cache is empty\n"
                                     : to_table(table, options.table_style()));
    return 0;
}

void declare_cache_clear(Options& options) {
    options.examples("leasehold cache clear", "leasehold cache clear --profile dev",
                     "leasehold cache clear ID");
    options.value("profile", "only this profile's").positional("ID", -1);
}

Result<int> run_cache_clear(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    const auto ids = options.texts("ID");
    std::size_t count = 0;
    if (ids.empty()) {
        LEASEHOLD_TRY_ASSIGN(count, clear_leases(process, options.text("profile")));
    }
    for (const std::string& id : ids) {
        LEASEHOLD_TRY_ASSIGN(const std::size_t some,
                             clear_leases(process, options.text("profile"), id));
        if (some == 0)
            return make_error(ErrorCode::configuration, "no store holds a lease " + quoted(id),
                              "'leasehold lease list --local' tells the ids");
        count += some;
    }
    process.print(forgotten_text(count));
    if (options.has("profile"))
        return 0;
    LEASEHOLD_TRY_ASSIGN(const std::size_t sessions, end_sessions(process));
    if (sessions != 0)
        process.print("ended " + std::to_string(sessions) +
                      (sessions == 1 ? " session\n" : " sessions\n"));
    return 0;
}

} // namespace leasehold::helper
