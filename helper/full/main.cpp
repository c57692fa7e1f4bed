// The full program: everything but a hit.
#include "helper/commands/dispatch.hpp"
#include "helper/full/own_paths.hpp"
#include "helper/process/harden.hpp"
#include "src/base/fd.hpp"

#include <csignal>

#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char** argv) {
    using namespace leasehold;
    if (!helper::harden_process()) {
        (void)write_all(2, "leasehold: error: leasehold does not run setuid or setgid\n");
        return static_cast<int>(ErrorCode::configuration);
    }
    helper::forbid_new_privileges();
    // The front makes no files.
    (void)::umask(077);
    // A reader that goes away is seen by write(); it must not end us while a lease is on its way.
    (void)std::signal(SIGPIPE, SIG_IGN);
    const SystemClock clock;
    const Environment environment = Environment::snapshot(environ);
    const helper::OwnPaths paths = helper::find_own_paths();
    helper::Process process{{argv + (argc > 0 ? 1 : 0), argv + argc},
                            environment,
                            helper::find_directories(environment),
                            clock,
                            paths.front,
                            paths.libexec};
    // kubectl runs this name to complete the words behind 'kubectl leasehold'.
    if (argc > 0 && std::string_view(argv[0]).ends_with("kubectl_complete-leasehold"))
        process.arguments.insert(process.arguments.begin(), "__complete");
    const int code = helper::dispatch(process);
    // Not exit(): a resolver thread that never ends must not be waited for (F10).
    ::_exit(code);
}
