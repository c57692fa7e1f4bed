// leasehold doctor: finds and explains what does not work.
#include "helper/checks/kubeconfig_entries.hpp"
#include "helper/checks/machine.hpp"
#include "helper/checks/plugins.hpp"
#include "helper/checks/report.hpp"
#include "helper/checks/requesters.hpp"
#include "helper/checks/stores.hpp"
#include "helper/commands/commands.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/providers/side/side.hpp"
#include "helper/terminal/keyring_prompt.hpp"
#include "helper/terminal/options.hpp"
#include "helper/upkeep/cached_step.hpp"

namespace leasehold::helper {
namespace {

// Room for each profile's own deadline.
constexpr Seconds longest_check{110};

std::vector<CheckStep> check_profile(Process& process, const std::string& name, Deadline deadline) {
    auto profile = load_profile(process, name);
    if (!profile)
        return {{"profile", CheckStep::State::failed, profile.error().message, profile.error().hint,
                 profile.error().code}};
    const Deadline own = deadline.within(profile->deadline);
    Assembly assembly(process, *std::move(profile), false);
    std::vector<CheckStep> steps = assembly.side().check(own);
    check_cached_lease(steps, assembly, process, own);
    return steps;
}

} // namespace

void declare_doctor(Options& options) {
    options.examples("leasehold doctor", "leasehold doctor prod",
                     "leasehold doctor --offline -o json");
    options.value("profile", "only this profile's cluster (default: all profiles)")
        .positional("NAME")
        .flag("offline", "ask no server")
        .flag("measure-plugins",
              "run each exec plugin of the kubeconfigs once, to tell what a call costs")
        .output();
    declare_prompt(options);
}

Result<int> run_doctor(Invocation& call) {
    Process& process = call.process;
    const Options& options = call.options;
    const OutputFormat format = call.format;
    unlock_if_allowed(process, options, {"secret-service"});
    const Deadline deadline = Deadline::after(longest_check);
    start_watchdog(deadline);
    Report report(process, format);
    const auto only = options.text("profile");
    report.add(check_machine(process));
    report.add(check_entries(process, only));
    report.add(check_requesters(process, only));
    report.add(check_plugins(process, options.has("measure-plugins"), deadline));
    report.add(check_stores(process, only));
    const auto names = only ? Result<std::vector<std::string>>({*only})
                            : lease::list_profiles(process.directories.profiles());
    if (!names)
        report.add({failed_step("profiles", names.error())});
    else if (names->empty())
        report.add({{"profiles", CheckStep::State::warning, "there are none",
                     "make one with 'leasehold setup NAME --from-context CONTEXT ...'",
                     ErrorCode::configuration}});
    for (const std::string& name : names ? *names : std::vector<std::string>())
        report.add(options.has("offline") ? check_profile_file(process, name)
                                          : check_profile(process, name, deadline),
                   name + ' ');
    return report.finish();
}

} // namespace leasehold::helper
