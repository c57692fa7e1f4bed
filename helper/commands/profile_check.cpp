// leasehold profile check.
#include "helper/checks/report.hpp"
#include "helper/commands/commands.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/side/side.hpp"
#include "helper/terminal/options.hpp"
#include "helper/upkeep/cached_step.hpp"

namespace leasehold::helper {

void declare_profile_check(Options& options) {
    options.examples("leasehold profile check", "leasehold profile check prod",
                     "leasehold profile check prod -o json");
    options.output().positional("NAME");
}

Result<int> run_profile_check(Invocation& call) {
    Process& process = call.process;
    const OutputFormat format = call.format;
    auto steps = call.assembly->side().check(*call.deadline);
    check_cached_lease(steps, *call.assembly, process, *call.deadline);
    Report report(process, format);
    report.add(steps);
    return report.finish();
}

} // namespace leasehold::helper
