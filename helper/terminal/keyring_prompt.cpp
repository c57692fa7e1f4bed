#include "helper/terminal/keyring_prompt.hpp"

#include "cache/secret_service/unlocking.hpp"
#include "helper/process/watchdog.hpp"

#include <algorithm>

namespace leasehold::helper {
namespace {

constexpr const char* flag = "allow-prompt";
// For commands that set no deadline of their own.
constexpr Seconds afterwards{60};

} // namespace

void declare_prompt(Options& options) {
    options.flag(flag, "if the keyring is locked, let it ask for its password (up to 60 s)");
}

void unlock_if_allowed(const Process& process, const Options& options,
                       const std::vector<std::string>& stores) {
    if (!options.has(flag) ||
        std::find(stores.begin(), stores.end(), "secret-service") == stores.end())
        return;
    const cache::UnlockSettings settings{
        .service = {.child = process.libexec + "/leasehold-secret-service",
                    .environment = process.environment,
                    .marker_directory = process.directories.runtime}};
    // Waiting for another process's prompt, and then one's own.
    start_watchdog(Deadline::after(2 * settings.prompt_limit + afterwards));
    const auto unlocked = cache::unlock_with_prompt(settings);
    start_watchdog(Deadline::after(afterwards));
    if (unlocked)
        return;
    process.complain(
        "leasehold: the keyring was not unlocked: " + unlocked.error().message + '\n' +
        (unlocked.error().hint.empty() ? "" : "hint: " + unlocked.error().hint + '\n'));
}

} // namespace leasehold::helper
