// The full program: everything but a hit.
#include "helper/commands/dispatch.hpp"
#include "helper/full/own_paths.hpp"
#include "helper/process/client_call.hpp"
#include "helper/process/erasing.hpp"
#include "helper/process/harden.hpp"
#include "helper/process/mark.hpp"
#include "helper/process/user_database.hpp"
#include "src/base/fd.hpp"

#include <csignal>

#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace leasehold;

// A person's own shell and scripts say themselves what counts.
helper::PartedEnvironment part(Environment given, const std::optional<helper::Mark>& mark) {
    helper::Caller caller = mark ? mark->caller : helper::Caller{};
    if (!mark && given.get(helper::client_variable))
        caller = {true, helper::read_parents_environment()};
    if (!caller.client)
        return {std::move(given), {}};
    std::optional<Environment> clients;
    if (caller.environment)
        clients = Environment::parse(*caller.environment);
    return helper::part_environment(given, clients, helper::users_home, ::geteuid());
}

} // namespace

int main(int argc, char** argv) {
    if (!helper::harden_process()) {
        (void)write_all(2, "leasehold: error: leasehold does not run setuid or setgid\n");
        return static_cast<int>(ErrorCode::configuration);
    }
    // What `exec` runs is the user's own program: it gives this up itself, once that is started.
    if (argc < 2 || std::string_view(argv[1]) != "exec")
        helper::forbid_new_privileges();
    helper::pin_name_services();
    // The front makes no files.
    const mode_t file_mask = ::umask(077);
    // A reader that goes away is seen by write(); it must not end us while a lease is on its way.
    const bool ignores_broken_pipes = std::signal(SIGPIPE, SIG_IGN) == SIG_IGN;
    const SystemClock clock;
    const auto mark = helper::own_mark();
    helper::PartedEnvironment environment = part(Environment::snapshot(environ), mark);
    helper::erase_secrets(environ);
    const helper::OwnPaths paths = helper::find_own_paths();
    helper::Process process{{argv + (argc > 0 ? 1 : 0), argv + argc},
                            environment.counts,
                            helper::find_directories(environment.counts),
                            clock,
                            paths.front,
                            paths.libexec,
                            mark && mark->start == helper::Mark::Start::background,
                            std::move(environment.withheld),
                            {file_mask, ignores_broken_pipes}};
    // kubectl runs this name to complete the words behind 'kubectl leasehold'.
    if (argc > 0 && std::string_view(argv[0]).ends_with("kubectl_complete-leasehold"))
        process.arguments.insert(process.arguments.begin(), "__complete-for-kubectl");
    const int code = helper::dispatch(process);
    // Not exit(): a resolver thread that never ends must not be waited for (F10).
    ::_exit(code);
}
