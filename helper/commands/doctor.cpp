// leasehold doctor: finds and explains what does not work.
#include "helper/checks/machine.hpp"
#include "helper/checks/report.hpp"
#include "helper/commands/commands.hpp"
#include "helper/process/watchdog.hpp"
#include "helper/providers/assembly.hpp"
#include "helper/terminal/keyring_prompt.hpp"
#include "helper/terminal/options.hpp"

namespace leasehold::helper {
namespace {

// Room for each profile's own deadline.
constexpr Seconds longest_check{110};

void append(std::vector<CheckStep>& to, std::vector<CheckStep> steps, const std::string& prefix) {
    for (CheckStep& step : steps) {
        step.name = prefix + step.name;
        to.push_back(std::move(step));
    }
}

std::vector<CheckStep> check_profile(Process& process, const std::string& name, Deadline deadline) {
    auto profile = load_profile(process, name);
    if (!profile)
        return {{"profile", CheckStep::State::failed, profile.error().message, profile.error().hint,
                 profile.error().code}};
    const Deadline own = deadline.within(profile->deadline);
    Assembly assembly(process, *std::move(profile), false);
    return assembly.side().check(own);
}

} // namespace

Result<int> run_doctor(Process& process, const Arguments& arguments) {
    Options options("doctor", "[--profile NAME] [--offline] [--allow-prompt] [-o table|json|yaml]",
                    "Looks for everything that can keep leasehold from working here: directories, "
                    "secret stores, CA certificates, profiles, clocks, servers and rights; says "
                    "what to do about each. Leases nothing and changes nothing.");
    options.value("profile", "only this profile's cluster (default: all profiles)")
        .flag("offline", "ask no server")
        .output();
    declare_prompt(options);
    LEASEHOLD_TRY(options.parse(arguments));
    if (options.help_wanted()) {
        process.print(options.help());
        return 0;
    }
    LEASEHOLD_TRY_ASSIGN(const OutputFormat format, options.format());
    unlock_if_allowed(process, options, {"secret-service"});
    const Deadline deadline = Deadline::after(longest_check);
    start_watchdog(deadline);
    std::vector<CheckStep> steps = check_machine(process);
    std::vector<std::string> names;
    if (const auto given = options.text("profile"))
        names = {*given};
    else if (auto all = lease::list_profiles(process.directories.profiles()))
        names = *std::move(all);
    if (names.empty())
        steps.push_back({"profiles", CheckStep::State::warning, "there are none",
                         "make one with 'leasehold setup NAME --from-context CONTEXT ...'",
                         ErrorCode::configuration});
    for (const std::string& name : names) {
        if (options.has("offline"))
            append(steps, check_profile_file(process, name), name + ' ');
        else
            append(steps, check_profile(process, name, deadline), name + ' ');
    }
    print_steps(process, steps, format);
    return exit_code(steps);
}

} // namespace leasehold::helper
