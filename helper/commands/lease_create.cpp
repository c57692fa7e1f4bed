// leasehold lease create.
#include "helper/commands/commands.hpp"
#include "helper/lease_book/text.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/terminal/keyring_prompt.hpp"
#include "helper/terminal/options.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"

#include <algorithm>

namespace leasehold::helper {
namespace {

Result<lease::LeaseRequest> read_request(const Options& options, const lease::Profile& profile) {
    lease::LeaseRequest request = default_request(profile);
    LEASEHOLD_TRY_ASSIGN(const auto ttl, options.duration("ttl"));
    request.ttl = ttl.value_or(request.ttl);
    LEASEHOLD_TRY(lease::check_ttl(profile, request.ttl, ErrorCode::usage));
    if (const auto audiences = options.texts("audience"); !audiences.empty())
        request.audiences = audiences;
    if (const auto space = options.text("namespace")) {
        LEASEHOLD_TRY(lease::check_namespace(profile, *space));
        request.namespace_ = *space;
    }
    return request;
}

} // namespace

Result<int> run_lease_create(Process& process, const Arguments& arguments) {
    Options options("lease create",
                    "--profile NAME [--ttl T] [--namespace N] [--audience A]... "
                    "[--allow-prompt] [-o table|json|yaml]",
                    "Leases a new token now, whatever the stores hold, and does not cache it. The "
                    "token itself is printed with -o json and -o yaml.");
    options.value("profile", "the profile to lease for")
        .value("ttl", "life of the token (default: the profile's)")
        .value("namespace", "one of the profile's namespaces (default: the first)")
        .values("audience", "audience, repeatable (default: the profile's)")
        .output();
    declare_prompt(options);
    LEASEHOLD_TRY(options.parse(arguments));
    if (options.help_wanted()) {
        process.print(options.help());
        return 0;
    }
    LEASEHOLD_TRY_ASSIGN(const OutputFormat format, options.format());
    LEASEHOLD_TRY_ASSIGN(const std::string name, options.required("profile"));
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, load_profile(process, name));
    unlock_if_allowed(process, options, profile.stores);
    const Deadline deadline = Deadline::after(profile.deadline);
    start_watchdog(deadline);
    LEASEHOLD_TRY_ASSIGN(const lease::LeaseRequest request, read_request(options, profile));
    Assembly assembly(process, std::move(profile), options.verbose());
    assembly.side().forget_refusals();
    LEASEHOLD_TRY_ASSIGN(const lease::Lease lease, assembly.provider().lease(request, deadline));
    for (const std::string& warning : lease.warnings)
        process.complain("leasehold: the server warns: " + warning + '\n');
    if (!lease.why_not_revocable.empty())
        process.complain(not_revocable_text(lease.why_not_revocable, lease.expires));
    print_lease(process, assembly.profile(), lease, format);
    return 0;
}

} // namespace leasehold::helper
