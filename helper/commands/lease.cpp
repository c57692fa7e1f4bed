// leasehold lease create | list.
#include "helper/assembly.hpp"
#include "helper/commands/commands.hpp"
#include "helper/lease_listing.hpp"
#include "helper/options.hpp"
#include "helper/watchdog.hpp"
#include "src/base/names.hpp"
#include "src/base/time.hpp"

namespace leasehold::helper {
namespace {

namespace json = boost::json;

json::object lease_json(const lease::Profile& profile, const lease::Lease& lease) {
    return {{"id", lease.id},
            {"profile", profile.name},
            {"subject", lease.subject},
            {"issuer", lease.issuer},
            {"audiences", json::array(lease.audiences.begin(), lease.audiences.end())},
            {"issued", format_rfc3339(lease.issued)},
            {"expires", format_rfc3339(lease.expires)},
            {"ttlSeconds", lease.life.count()},
            {"token", std::string(lease.token.reveal())}};
}

Result<lease::LeaseRequest> read_request(const Options& options, const lease::Profile& profile) {
    lease::LeaseRequest request = default_request(profile);
    LEASEHOLD_TRY_ASSIGN(const auto ttl, options.duration("ttl"));
    request.ttl = ttl.value_or(request.ttl);
    LEASEHOLD_TRY(lease::check_ttl(profile, request.ttl, ErrorCode::usage));
    if (const auto audiences = options.texts("audience"); !audiences.empty())
        request.audiences = audiences;
    return request;
}

} // namespace

Result<int> run_lease_create(Process& process, const Arguments& arguments) {
    Options options("lease create",
                    "--profile NAME [--ttl T] [--audience A]... [-o table|json|yaml]",
                    "Leases a new token now, whatever the stores hold, and does not cache it. The "
                    "token itself is printed with -o json and -o yaml.");
    options.value("profile", "the profile to lease for")
        .value("ttl", "life of the token (default: the profile's)")
        .values("audience", "audience, repeatable (default: the profile's)")
        .output();
    LEASEHOLD_TRY(options.parse(arguments));
    if (options.help_wanted()) {
        process.print(options.help());
        return 0;
    }
    LEASEHOLD_TRY_ASSIGN(const OutputFormat format, options.format());
    LEASEHOLD_TRY_ASSIGN(const std::string name, options.required("profile"));
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, load_profile(process, name));
    const Deadline deadline = Deadline::after(profile.deadline);
    start_watchdog(deadline);
    LEASEHOLD_TRY_ASSIGN(const lease::LeaseRequest request, read_request(options, profile));
    Assembly assembly(process, std::move(profile), options.verbose());
    LEASEHOLD_TRY_ASSIGN(const lease::Lease lease, assembly.provider().lease(request, deadline));
    for (const std::string& warning : lease.warnings)
        process.complain("leasehold: the server warns: " + warning + '\n');
    if (format == OutputFormat::table)
        process.print(to_table({{"ID", "SUBJECT", "ISSUED", "EXPIRES"},
                                {{lease.id, lease.subject, format_rfc3339(lease.issued),
                                  format_rfc3339(lease.expires)}}}));
    else if (format == OutputFormat::json)
        process.print(to_json(lease_json(assembly.profile(), lease)));
    else
        process.print(to_yaml(lease_json(assembly.profile(), lease)));
    return 0;
}

Result<int> run_lease_list(Process& process, const Arguments& arguments) {
    Options options("lease list", "[--profile NAME] [-o table|json|yaml]",
                    "Lists the leases that this user's stores hold. Tokens are never shown.");
    options.value("profile", "only this profile's").output();
    LEASEHOLD_TRY(options.parse(arguments));
    if (options.help_wanted()) {
        process.print(options.help());
        return 0;
    }
    LEASEHOLD_TRY_ASSIGN(const OutputFormat format, options.format());
    LEASEHOLD_TRY_ASSIGN(const auto leases, list_leases(process, options.text("profile")));
    if (format != OutputFormat::table) {
        const json::array list = leases_json(leases);
        process.print(format == OutputFormat::json ? to_json(list) : to_yaml(list));
        return 0;
    }
    Table table{{"ID", "PROFILE", "SUBJECT", "ISSUED", "EXPIRES", "STATE"}, {}};
    for (const ListedLease& lease : leases)
        table.rows.push_back({lease.id, lease.profile, lease.subject, format_rfc3339(lease.issued),
                              format_rfc3339(lease.expires), lease.state});
    process.print(leases.empty() ? "no leases\n" : to_table(table));
    return 0;
}

} // namespace leasehold::helper
