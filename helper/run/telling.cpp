#include "helper/run/telling.hpp"

#include "helper/lease_book/text.hpp"
#include "helper/terminal/text.hpp"

namespace leasehold::helper {

int lease_first(const Process& process, const RunFiles& run, const std::string& name,
                const RunLeasing& how) {
    const auto lease = lease_for_run(process, run, name, how, false);
    if (!lease) {
        process.complain(error_text(with_context("no lease for profile " + name, lease.error())));
        return static_cast<int>(lease.error().code);
    }
    for (const std::string& warning : lease->warnings)
        process.complain("leasehold: the server warns: " + warning + '\n');
    if (!lease->why_not_revocable.empty())
        process.complain(not_revocable_text(name, lease->why_not_revocable, lease->ends));
    return 0;
}

int end_last(const Process& process, const RunFiles& run, const std::string& name, bool verbose) {
    auto ended = end_runs_leases(process, run, name, verbose);
    if (ended)
        return 0;
    Error error = with_context("the leases of profile " + name + " are not revoked",
                               std::move(ended).error());
    error.hint += (error.hint.empty() ? "" : "\n") +
                  std::string("they end by themselves; 'leasehold lease prune' ends them when the "
                              "server can be reached again");
    process.complain(error_text(error));
    return static_cast<int>(error.code);
}

} // namespace leasehold::helper
