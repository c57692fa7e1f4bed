// leasehold profile check.
#include "helper/checks/report.hpp"
#include "helper/commands/commands.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/terminal/options.hpp"

namespace leasehold::helper {

Result<int> run_profile_check(Process& process, const Arguments& arguments) {
    Options options("profile check", "NAME [-o table|json|yaml]",
                    "Asks the cluster whether the profile can work: is the server there and "
                    "trusted, is the requester accepted, may it create the token. Prints the RBAC "
                    "rule that is missing. Leases nothing.");
    options.output().positional("NAME");
    LEASEHOLD_TRY(options.parse(arguments));
    if (options.help_wanted()) {
        process.print(options.help());
        return 0;
    }
    LEASEHOLD_TRY_ASSIGN(const OutputFormat format, options.format());
    LEASEHOLD_TRY_ASSIGN(const std::string name, options.required("NAME"));
    LEASEHOLD_TRY_ASSIGN(lease::Profile profile, load_profile(process, name));
    const Deadline deadline = Deadline::after(profile.deadline);
    start_watchdog(deadline);
    Assembly assembly(process, std::move(profile), options.verbose());
    const auto steps = assembly.side().check(deadline);
    print_steps(process, steps, format);
    return exit_code(steps);
}

} // namespace leasehold::helper
