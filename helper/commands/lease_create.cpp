// leasehold lease create.
#include "helper/checks/stores.hpp"
#include "helper/commands/commands.hpp"
#include "helper/commands/lease_forms.hpp"
#include "helper/lease_book/text.hpp"
#include "helper/leasing/keys.hpp"
#include "helper/leasing/obtain.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/side/side.hpp"
#include "helper/terminal/keyring_prompt.hpp"
#include "helper/terminal/options.hpp"
#include "helper/upkeep/gone_profiles.hpp"
#include "src/base/hostile_text.hpp"
#include "src/base/time.hpp"
#include "src/lease/terms/lease.hpp"

#include <algorithm>

namespace leasehold::helper {
namespace {

Result<lease::LeaseRequest> read_request(const Options& options, const lease::Profile& profile) {
    lease::LeaseRequest request = default_request(profile);
    LEASEHOLD_TRY_ASSIGN(const auto ttl, options.duration("ttl"));
    request.ttl = ttl.value_or(request.ttl);
    LEASEHOLD_TRY(lease::check_ttl(profile, request.ttl, ErrorCode::usage));
    request.reason = options.text("reason").value_or(request.reason);
    LEASEHOLD_TRY(lease::check_reason(request.reason, ErrorCode::usage));
    if (const auto audiences = options.texts("audience"); !audiences.empty())
        request.audiences = audiences;
    if (const auto space = options.text("namespace")) {
        LEASEHOLD_TRY(lease::check_namespace(profile, *space));
        request.namespace_ = *space;
    }
    return request;
}

} // namespace

void declare_lease_create(Options& options) {
    options.examples("leasehold lease create dev", "leasehold lease create dev --ttl 15m -o token",
                     "eval \"$(leasehold lease create dev -o env)\"");
    options.value("profile", "the profile to lease for")
        .value("ttl", "life of the token (default: the profile's)")
        .value("namespace,n", "one of the profile's namespaces (default: the first)")
        .values("audience", "audience, repeatable (default: the profile's)")
        .value("reason", "why: on the lease in the cluster, and in the audit log (default: the "
                         "profile's)")
        .positional("NAME")
        .output(lease_forms());
    declare_prompt(options);
}

Result<int> run_lease_create(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    const OutputFormat format = call.format;
    Assembly& assembly = *call.assembly;
    LEASEHOLD_TRY_ASSIGN(const lease::LeaseRequest request,
                         read_request(options, assembly.profile()));
    assembly.side().forget_refusals();
    if (const auto key =
            lease_key(process, assembly.profile(), default_request(assembly.profile())))
        forget_failure(process.directories.runtime, assembly.profile(), *key);
    const Instant asked = process.clock.now();
    LEASEHOLD_TRY_ASSIGN(const lease::Lease lease,
                         assembly.provider().lease(request, *call.deadline));
    sweep_notes_if_many(process);
    for (const std::string& warning : lease.warnings)
        process.complain("leasehold: the server warns: " + warning + '\n');
    if (!lease.why_not_revocable.empty())
        process.complain(
            not_revocable_text(assembly.profile().name, lease.why_not_revocable, lease.expires));
    if (format != OutputFormat::own)
        process.complain(no_store_text(process, assembly.profile().stores));
    if (format != OutputFormat::own) {
        print_lease(process, assembly.profile(), lease, format);
        return 0;
    }
    LEASEHOLD_TRY_ASSIGN(const Secret text, lease_as(*options.text("output"), assembly.profile(),
                                                     request, lease, asked, process.clock));
    process.print_bytes(text.reveal());
    process.complain("leasehold: lease " + lease.id + " ends at " + format_rfc3339(lease.expires) +
                     (lease.revocable ? ", or by: leasehold lease revoke " + lease.id : "") + '\n');
    return 0;
}

} // namespace leasehold::helper
